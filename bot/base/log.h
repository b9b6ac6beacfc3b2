/* bot/base/log.h — what happened, one line each, for people and machines.
 *
 *   LOG_INFO("reply.sent", F_STR("conversation", id), F_I64("attempt", 2));
 *   → ts=2026-01-31T09:00:00.120Z level=info event=reply.sent conversation=C024BE attempt=2
 *
 * Event names are noun.past_verb, stable and greppable.  Ids yes; message text, tokens and personal data never.
 * Formats: logfmt (default) or JSON lines.  A line is written with one write(2) to the sink (or with others, see
 * log_hold); longer than 4096 bytes is cut.  Thread: any.  The sink is the one global of this program, set once at start.                              */
#ifndef GILBOT_BASE_LOG_H
#define GILBOT_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/str.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

struct log_field {
    const char *name; /* NULL ends a list */
    enum { LOG_FIELD_STR, LOG_FIELD_I64, LOG_FIELD_F64 } kind;
    struct str text;
    int64_t number;
    double real;
};

#define F_STR(name_, s_) ((struct log_field){.name = (name_), .kind = LOG_FIELD_STR, .text = (s_)})
#define F_CSTR(name_, s_) ((struct log_field){.name = (name_), .kind = LOG_FIELD_STR, .text = str_of(s_)})
#define F_I64(name_, n_) ((struct log_field){.name = (name_), .kind = LOG_FIELD_I64, .number = (n_)})
#define F_F64(name_, x_) ((struct log_field){.name = (name_), .kind = LOG_FIELD_F64, .real = (x_)})

/* Where lines go (a file descriptor that stays open; default 2) and from which level on (default info). */
void log_setup(int fd, enum log_format format, enum log_level least);

/* The id that every line of this thread carries as `request` until changed; the empty string: none.
 * Borrowed: must stay valid until changed. */
void log_request_id(struct str id);

/* From here on this thread's lines are gathered, to be written together by log_release (earlier when there are many, or one
 * is a warning or an error): for a thread that says much at once.  What is held when the process is killed is lost. */
void log_hold(void);
void log_release(void);

void log_line(enum log_level level, const char *event, const struct log_field *fields);

/* For lines that could come by the thousand (a full disk, a flood of forged requests): one a second is written, and says
 * how many were left out before it.  Zeroed is ready; one thread each.
 *
 *   if (log_pace_passes(&pace, clock_tick_us(clock), &left_out))
 *       LOG_ERROR("event.not_recorded", F_CSTR("why", error->text), F_I64("left_out", left_out));                     */
struct log_pace {
    int64_t next_us, left_out;
};

/* True: write it now.  False: it was counted.  `tick_us`: of clock_tick_us. */
bool log_pace_passes(struct log_pace *pace, int64_t tick_us, int64_t *ret_left_out);

/* How many were left out since the last line that was written; they are told now. */
int64_t log_pace_take_rest(struct log_pace *pace);

#define LOG_DEBUG(event, ...) log_line(LOG_LEVEL_DEBUG, (event), (const struct log_field[]){__VA_ARGS__, {0}})
#define LOG_INFO(event, ...) log_line(LOG_LEVEL_INFO, (event), (const struct log_field[]){__VA_ARGS__, {0}})
#define LOG_WARNING(event, ...) log_line(LOG_LEVEL_WARNING, (event), (const struct log_field[]){__VA_ARGS__, {0}})
#define LOG_ERROR(event, ...) log_line(LOG_LEVEL_ERROR, (event), (const struct log_field[]){__VA_ARGS__, {0}})

#endif
