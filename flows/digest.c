#include "flows/digest.h"

#include "bot/base/attributes.h"
#include "bot/model/reply.h"
#include "bot/model/session.h"
#include "bot/model/sheet.h"
#include "flows/flow.h"

#include "bot/base/banned.h"

static const uint64_t offset_basis = 14695981039346656037u, prime = 1099511628211u;
enum { KEPT_BITS = 47 };

static void add_bytes(uint64_t *hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        *hash = (*hash ^ p[i]) * prime;
}

/* Byte by byte, so that every machine counts the same. */
static void add_number(uint64_t *hash, int64_t number)
{
    for (unsigned shift = 0; shift < 64; shift += 8)
        *hash = (*hash ^ ((uint64_t)number >> shift & 0xff)) * prime;
}

/* With its length: "ab", "c" is not "a", "bc". */
static void add_str(uint64_t *hash, struct str text)
{
    add_number(hash, (int64_t)text.n);
    add_bytes(hash, text.p, text.n);
}

static void add_options(uint64_t *hash, const struct reply_option *options, size_t n)
{
    add_number(hash, (int64_t)n);
    for (size_t i = 0; i < n; i++) {
        add_str(hash, options[i].value);
        add_str(hash, options[i].label);
    }
}

static void add_sheet(uint64_t *hash, const struct sheet *sheet)
{
    const struct str texts[] = {sheet->origin.flow, sheet->origin.version, sheet->origin.session, sheet->origin.locale,
                                sheet->title,       sheet->open,           sheet->submit,         sheet->close};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        add_str(hash, texts[i]);
    add_number(hash, (int64_t)sheet->n_fields);
    for (size_t i = 0; i < sheet->n_fields; i++) {
        const struct sheet_field *field = &sheet->fields[i];
        add_number(hash, field->kind);
        add_str(hash, field->step);
        add_str(hash, field->label);
        add_str(hash, field->hint);
        add_options(hash, field->options, field->n_options);
        add_number(hash, field->optional * 2 + field->integer);
        add_str(hash, field->min);
        add_str(hash, field->max);
        add_number(hash, (int64_t)field->min_length);
        add_number(hash, (int64_t)field->max_length);
    }
}

static void add_reply(uint64_t *hash, const struct reply *reply)
{
    const struct str texts[] = {reply->text,       reply->image,       reply->step,     reply->how_to_answer,
                                reply->card.id,    reply->card.name,   reply->card.url, reply->card.price,
                                reply->card.image, reply->card.button, reply->to,       reply->note};
    add_number(hash, reply->kind);
    add_number(hash, reply->pause_ms);
    add_number(hash, reply->several);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        add_str(hash, texts[i]);
    add_number(hash, (int64_t)reply->n_buttons);
    for (size_t i = 0; i < reply->n_buttons; i++) {
        add_str(hash, reply->buttons[i].label);
        add_str(hash, reply->buttons[i].url);
    }
    add_options(hash, reply->options, reply->n_options);
    add_number(hash, (int64_t)reply->tags.n);
    for (size_t i = 0; i < reply->tags.n; i++)
        add_str(hash, reply->tags.items[i]);
    if (reply->sheet != NULL)
        add_sheet(hash, reply->sheet);
}

static void add_record(uint64_t *hash, const struct record *record)
{
    const struct str texts[] = {str_of(record->outcome), record->step, record->item,
                                record->value,           record->text, record->why};
    add_number(hash, record->kind);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        add_str(hash, texts[i]);
}

int64_t digest_turn(const struct turn *turn, const struct session *session)
{
    uint64_t hash = offset_basis;
    add_number(&hash, session->digest);
    add_number(&hash, (int64_t)turn->replies.n);
    for (size_t i = 0; i < turn->replies.n; i++)
        add_reply(&hash, &turn->replies.items[i]);
    add_number(&hash, (int64_t)turn->n_records);
    for (size_t i = 0; i < turn->n_records; i++)
        add_record(&hash, &turn->records[i]);
    add_number(&hash, turn->silent_ms);
    add_number(&hash, session->state);
    add_number(&hash, session->expires_ms);
    add_str(&hash, session->data);
    uint64_t folded = (hash ^ hash >> KEPT_BITS) & ((UINT64_C(1) << KEPT_BITS) - 1);
    return folded == 0 ? 1 : (int64_t)folded;
}
