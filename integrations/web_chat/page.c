#include "integrations/web_chat/page.h"

#include <stdbool.h>

#include "bot/base/attributes.h"
#include "bot/base/secret.h"
#include "bot/base/str.h"
#include "bot/net/http_server.h"
#include "integrations/web_chat/assets.h"

#include "bot/base/banned.h"

#define POLICY                                                                                                         \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https:; "       \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

enum { TAG_HASH_BYTES = 16, TAG_BYTES = 2 * TAG_HASH_BYTES + 3 }; /* two quotes and a NUL */

static const struct page {
    struct str path;
    const char *asset;
    struct str content_type;
} pages[] = {
    {STR_INIT("/chat"), "chat.html", STR_INIT("text/html; charset=utf-8")},
    {STR_INIT("/chat/chat.css"), "chat.css", STR_INIT("text/css; charset=utf-8")},
    {STR_INIT("/chat/chat.js"), "chat.js", STR_INIT("text/javascript; charset=utf-8")},
    {STR_INIT("/chat/icon.svg"), "icon.svg", STR_INIT("image/svg+xml; charset=utf-8")},
};

static const struct page *find_page(struct str path)
{
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        if (str_eq(pages[i].path, path))
            return &pages[i];
    return NULL;
}

static bool find_asset(const char *name, struct str *ret_bytes)
{
    for (size_t i = 0; integrations_web_chat_assets[i].name != NULL; i++)
        if (str_eq(str_of(integrations_web_chat_assets[i].name), str_of(name))) {
            *ret_bytes = (struct str){integrations_web_chat_assets[i].bytes, integrations_web_chat_assets[i].n};
            return true;
        }
    return false;
}

static void write_tag(struct str bytes, char ret_tag[TAG_BYTES])
{
    unsigned char hash[SECRET_HMAC_BYTES];
    secret_sha256(bytes, hash);
    size_t n = 0;
    ret_tag[n++] = '"';
    for (size_t i = 0; i < TAG_HASH_BYTES; i++) {
        ret_tag[n++] = "0123456789abcdef"[hash[i] >> 4];
        ret_tag[n++] = "0123456789abcdef"[hash[i] & 15];
    }
    ret_tag[n++] = '"';
    ret_tag[n] = '\0';
}

/* If-None-Match compares weakly: W/"x" is "x" here (RFC 9110 §13.1.2); proxies that compress write the W/. */
static bool has_copy(struct str if_none_match, struct str tag)
{
    if (str_eq(if_none_match, STR("*")))
        return true;
    struct str rest = if_none_match, known;
    while (str_split(&rest, ',', &known)) {
        known = str_trim(known);
        if (str_starts(known, STR("W/")))
            known = str_skip(known, 2);
        if (str_eq(known, tag))
            return true;
    }
    return false;
}

void page_serve(const struct http_request *request, void *arg)
{
    (void)arg;
    const struct page *page = find_page(request->path);
    struct str bytes;
    if (page == NULL || !find_asset(page->asset, &bytes)) {
        http_reply_error(request->server, request->number, 404, "not_found", "there is nothing here");
        return;
    }
    char tag[TAG_BYTES];
    write_tag(bytes, tag);
    const struct http_field fields[] = {
        {STR("ETag"), str_of(tag)},
        {STR("Cache-Control"), STR("no-cache")},
    };
    /* A 304 renews the headers of the browser's copy: it carries the same policy. */
    struct http_response response = {
        .status = 304, .policy = STR(POLICY), .fields = fields, .n_fields = COUNT_OF(fields)};
    if (!has_copy(http_request_field(request, STR("if-none-match")), str_of(tag))) {
        response.status = 200;
        response.content_type = page->content_type;
        response.body = bytes;
    }
    http_reply(request->server, request->number, &response);
}
