#include "bot/base/settings_check.h"

#include <string.h>
#include <unistd.h>

#include "bot/base/arena.h"
#include "bot/base/regex.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/base/yaml.h"

#include "bot/base/banned.h"

static void set_str(const struct setting *setting, void *object, struct str value)
{
    memcpy((char *)object + setting->offset, &value, sizeof value);
}

/* ── listen ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static MUST_USE enum err parse_unix(const struct settings_source *source, const struct setting *setting,
                                    const struct yaml_node *node, struct str path, struct settings_listen *ret_listen)
{
    enum { MAX_PATH = 107 }; /* of struct sockaddr_un, without its NUL */
    if (path.n == 0)
        return settings_table_fail(source, setting, node, "lacks the socket's path; write unix:/run/gilbot.sock");
    struct settings_listen listen = {.kind = SETTINGS_LISTEN_UNIX};
    enum err rc = settings_table_path(source, path, &listen.path);
    if (rc != OK)
        return rc;
    if (listen.path.n > MAX_PATH)
        return settings_table_fail(source, setting, node,
                                   "has a socket path of more than %d bytes; choose a shorter one", MAX_PATH);
    *ret_listen = listen;
    return OK;
}

/* HOST:PORT or [HOST]:PORT. */
static bool parse_tcp(struct str text, struct settings_listen *ret_listen)
{
    size_t colon = text.n;
    while (colon > 0 && text.p[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    struct str host = str_first(text, colon - 1), port_text = str_skip(text, colon);
    bool brackets = str_starts(host, STR("[")) && str_ends(host, STR("]"));
    if (brackets)
        host = str_first(str_skip(host, 1), host.n - 2);
    int64_t port;
    if (host.n == 0 || (!brackets && str_find_char(host, ':') != SIZE_MAX) || str_find_char(host, ' ') != SIZE_MAX ||
        !str_to_i64(port_text, &port) || port < 0 || port > UINT16_MAX)
        return false;
    *ret_listen = (struct settings_listen){.kind = SETTINGS_LISTEN_TCP, .host = host, .port = (uint16_t)port};
    return true;
}

enum err settings_check_listen(const struct settings_source *source, const struct setting *setting,
                               const struct yaml_node *node, struct str text, void *object)
{
    struct settings_listen *listen = (struct settings_listen *)((char *)object + setting->offset);
    if (str_eq(text, STR("systemd"))) {
        *listen = (struct settings_listen){.kind = SETTINGS_LISTEN_SYSTEMD};
        return OK;
    }
    if (str_starts(text, STR("unix:")))
        return parse_unix(source, setting, node, str_skip(text, 5), listen);
    if (!parse_tcp(text, listen))
        return settings_table_fail(source, setting, node,
                                   "must be HOST:PORT, unix:PATH or systemd; write for example 127.0.0.1:8080");
    struct str host = arena_copy(source->arena, listen->host);
    if (host.p == NULL)
        return fail(source->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(source->file));
    listen->host = host;
    return OK;
}

/* ── addresses and places ──────────────────────────────────────────────────────────────────────────────────────── */

static bool is_url(struct str url)
{
    struct str rest = str_starts(url, STR("https://"))  ? str_skip(url, 8)
                      : str_starts(url, STR("http://")) ? str_skip(url, 7)
                                                        : STR("");
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == '?' || url.p[i] == '#')
            return false;
    return rest.n > 0 && rest.p[0] != '/';
}

static MUST_USE enum err wrong_url(const struct settings_source *source, const struct setting *setting,
                                   const struct yaml_node *node)
{
    return settings_table_fail(source, setting, node,
                               "must be a web address; write for example https://bot.example.com");
}

enum err settings_check_url(const struct settings_source *source, const struct setting *setting,
                            const struct yaml_node *node, struct str text, void *object)
{
    if (text.n > 0 && !is_url(text))
        return wrong_url(source, setting, node);
    while (str_ends(text, STR("/")))
        text.n--;
    struct str url = arena_copy(source->arena, text);
    if (url.p == NULL)
        return fail(source->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(source->file));
    set_str(setting, object, url);
    return OK;
}

enum err settings_check_url_folder(const struct settings_source *source, const struct setting *setting,
                                   const struct yaml_node *node, struct str text, void *object)
{
    if (!is_url(text))
        return wrong_url(source, setting, node);
    struct str url = arena_format(source->arena, "%.*s%s", STR_ARG(text), str_ends(text, STR("/")) ? "" : "/");
    if (url.p == NULL)
        return fail(source->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(source->file));
    set_str(setting, object, url);
    return OK;
}

enum err settings_check_path(const struct settings_source *source, const struct setting *setting,
                             const struct yaml_node *node, struct str text, void *object)
{
    if (text.n == 0)
        return settings_table_fail(source, setting, node, "must not be empty; write %s", setting->help);
    struct str path;
    enum err rc = settings_table_path(source, text, &path);
    if (rc == OK)
        set_str(setting, object, path);
    return rc;
}

enum err settings_check_timezone(const struct settings_source *source, const struct setting *setting,
                                 const struct yaml_node *node, struct str text, void *object)
{
    static const char zones[] = "/usr/share/zoneinfo";
    bool fine = text.n > 0 && text.p[0] != '/' && str_find(text, STR("..")) == SIZE_MAX;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        fine = fine && ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
                        c == '_' || c == '-' || c == '+');
    }
    struct str path = arena_format(source->arena, "%s/%.*s", zones, STR_ARG(text));
    if (path.p == NULL)
        return fail(source->error, ERR_NO_MEMORY, "%.*s: too large to be read here", STR_ARG(source->file));
    if (!fine || (access(zones, X_OK) == 0 && access(path.p, R_OK) != 0))
        return settings_table_fail(source, setting, node, "is no known time zone; write for example Asia/Seoul");
    set_str(setting, object, text);
    return OK;
}

enum err settings_check_locale(const struct settings_source *source, const struct setting *setting,
                               const struct yaml_node *node, struct str text, void *object)
{
    size_t letters = 0; /* of the language, before the first '-' */
    while (letters < text.n && text.p[letters] >= 'a' && text.p[letters] <= 'z')
        letters++;
    bool fine =
        letters >= 2 && letters <= 3 && (letters == text.n || text.p[letters] == '-') && !str_ends(text, STR("-"));
    for (size_t i = letters; i < text.n; i++) {
        char c = text.p[i];
        fine = fine && ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    }
    if (!fine)
        return settings_table_fail(source, setting, node, "must be a language; write for example ko or en-US");
    set_str(setting, object, text);
    return OK;
}

enum err settings_check_hex(const struct settings_source *source, const struct setting *setting,
                            const struct yaml_node *node, struct str text, void *object)
{
    bool fine = text.n % 2 == 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        fine = fine && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    }
    if (!fine)
        return settings_table_fail(source, setting, node, "must be hexadecimal digits; copy it once more, whole");
    set_str(setting, object, text);
    return OK;
}

enum err settings_check_unsupported(const struct settings_source *source, const struct setting *setting,
                                    const struct yaml_node *node, struct str text, void *object)
{
    if (text.n > 0)
        return settings_table_fail(source, setting, node, "is not yet supported; take the line out");
    set_str(setting, object, text);
    return OK;
}

/* ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum err settings_check_platform(const struct settings_source *source, const struct setting *setting,
                                 const struct yaml_node *node, struct str text, void *object)
{
    static const char *const platforms[] = {"slack", "channel_talk", "web"};
    for (size_t i = 0; i < COUNT_OF(platforms); i++) {
        if (str_eq(text, str_of(platforms[i]))) {
            set_str(setting, object, text);
            return OK;
        }
    }
    struct str near = yaml_suggest(text, platforms, COUNT_OF(platforms));
    if (near.n > 0)
        return settings_table_fail(source, setting, node, "cannot be '%.*s'; did you mean '%.*s'?",
                                   STR_ARG(text_first(text, 40)), STR_ARG(near));
    return settings_table_fail(source, setting, node, "cannot be '%.*s'; write slack, channel_talk or web",
                               STR_ARG(text_first(text, 40)));
}

enum err settings_check_command(const struct settings_source *source, const struct setting *setting,
                                const struct yaml_node *node, struct str text, void *object)
{
    if (text.n < 2 || text.p[0] != '/' || str_find_char(text, ' ') != SIZE_MAX)
        return settings_table_fail(source, setting, node, "must be a slash command; write for example /ask");
    set_str(setting, object, text);
    return OK;
}

enum err settings_check_route_text(const struct settings_source *source, const struct setting *setting,
                                   const struct yaml_node *node, struct str text, void *object)
{
    struct settings_route *route = object;
    if (text.n == 0)
        return settings_table_fail(source, setting, node, "must not be empty; write the message, or take the key out");
    enum err rc = text_nfc(source->arena, text, &text); /* as messages are */
    if (rc != OK)
        return fail(source->error, rc, "%.*s: too large to be read here", STR_ARG(source->file));
    if (text.n < 3 || text.p[0] != '/' || text.p[text.n - 1] != '/') {
        route->text = text;
        return OK;
    }
    struct error why = {.code = OK};
    struct str pattern = str_first(str_skip(text, 1), text.n - 2);
    rc = regex_new(pattern, "", &route->text_pattern, &why);
    if (rc == ERR_INVALID)
        return settings_table_fail(source, setting, node, "cannot be understood (%s); correct it", why.text);
    return rc == OK ? OK : fail(source->error, rc, "%.*s: %s", STR_ARG(source->file), why.text);
}
