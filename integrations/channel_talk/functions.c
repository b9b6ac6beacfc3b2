/* integrations/channel_talk/functions.c — app functions: PUT /channel-talk/function, answered at once.
 *
 * The platform discovers what there is with getFunctions and getCommands, tells of installs with hooks, and calls a
 * command's function when a manager runs it.  All of them are rows of `functions`; a new one is a row and a handler.
 * Handlers run on the loop thread: no I/O, nothing that waits.                                                       */
#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/text.h"
#include "integrations/channel_talk/methods.h"

#include "bot/base/banned.h"

enum {
    MAX_ANSWER_BYTES = 16 * 1024,
    MAX_METHOD_CHARACTERS = 80, /* of a name that is quoted in an error */
    HOUR_MS = 60 * 60 * 1000,
};

/* Codes of the platform's own SDK. */
enum function_error { FUNCTION_BAD_REQUEST = 2, FUNCTION_UNKNOWN = -32601 };

struct call {
    const struct channel_talk *ct;
    struct reader r;
    const json_t *root;
    struct str method;
};

/* Writes the JSON value that follows "result". */
typedef void function_handler(struct call *call, struct buf *out);
static function_handler get_functions, get_commands, summarise, acknowledge;

static const struct function {
    const char *name;        /* ends with '.': every method that begins so                    */
    const char *description; /* NULL: not among what getFunctions lists                       */
    function_handler *handler;
} functions[] = {
    {"extension.core.function.getFunctions", NULL, get_functions},
    {"extension.command.metadata.getCommands", "The app's slash commands.", get_commands},
    {"curationSummary", "What the bot did since it was started.", summarise},
    {"hooks.", NULL, acknowledge},
};

/* Limits: name, buttonName 30 characters, description 100. */
static const struct command {
    const char *name, *scope, *button, *description, *function;
} commands[] = {
    {"curation", "desk", "큐레이션", "추천과 상담 연결 건수를 봅니다", "curationSummary"},
};

/* ── handlers ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void get_functions(struct call *call, struct buf *out)
{
    (void)call;
    buf_add(out, STR("{\"functions\":["));
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        if (functions[i].description == NULL)
            continue;
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "name", str_of(functions[i].name));
        json_add_member(out, "description", str_of(functions[i].description));
        json_add_member_raw(out, "inputSchema", STR("{\"type\":\"object\"}"));
        json_add_member_raw(out, "outputSchema", STR("{\"type\":\"object\"}"));
        buf_add_char(out, '}');
    }
    buf_add(out, STR("]}"));
}

static void get_commands(struct call *call, struct buf *out)
{
    (void)call;
    buf_add(out, STR("{\"commands\":["));
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "name", str_of(commands[i].name));
        json_add_member(out, "scope", str_of(commands[i].scope));
        json_add_member(out, "buttonName", str_of(commands[i].button));
        json_add_member(out, "description", str_of(commands[i].description));
        json_add_member(out, "actionFunctionName", str_of(commands[i].function));
        json_add_member(out, "alfMode", STR("disable"));
        json_add_member_bool(out, "enabledByDefault", true);
        buf_add_char(out, '}');
    }
    buf_add(out, STR("]}"));
}

static void summarise(struct call *call, struct buf *out)
{
    struct channel_talk_state *state = call->ct->state;
    int64_t up_ms = clock_now_ms(call->ct->clock) - state->started_ms;
    long long hours = up_ms < 0 ? 0 : up_ms / HOUR_MS;
    long long cards = atomic_load(&state->recommendations), people = atomic_load(&state->hand_overs),
              messages = atomic_load(&state->messages);
    struct str language = json_may_str(&call->r, call->root, "params.language",
                                       json_may_str(&call->r, call->root, "context.language", STR("ko")));
    const char *format =
        str_starts(language, STR("ko"))
            ? "봇을 켠 뒤 %lld시간 동안: 추천 %lld건, 상담 연결 %lld건, 보낸 메시지 %lld건"
            : "In the %lld hours since the start: %lld recommendations, %lld hand-overs, %lld messages";
    buf_add_char(out, '{');
    json_add_member(out, "message", arena_format(call->r.arena, format, hours, cards, people, messages));
    buf_add_char(out, '}');
}

static void acknowledge(struct call *call, struct buf *out)
{
    (void)call;
    buf_add(out, STR("{}"));
}

/* ── dispatch ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_named(const struct function *function, struct str method)
{
    struct str name = str_of(function->name);
    return str_ends(name, STR(".")) ? str_starts(method, name) && method.n > name.n : str_eq(method, name);
}

static const struct function *find_function(struct str method)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (is_named(&functions[i], method))
            return &functions[i];
    return NULL;
}

static void add_error(struct buf *out, enum function_error code, const char *type, struct str message)
{
    buf_add(out, STR("{\"error\":{"));
    json_add_member_i64(out, "code", code);
    json_add_member(out, "type", str_of(type));
    json_add_member(out, "message", message);
    buf_add(out, STR("}}"));
}

static void answer_call(struct call *call, struct buf *out)
{
    if (call->method.n == 0) {
        add_error(out, FUNCTION_BAD_REQUEST, "bad_request", STR("no method is named"));
        return;
    }
    const struct function *function = find_function(call->method);
    if (function == NULL) {
        struct str name = text_first(call->method, MAX_METHOD_CHARACTERS);
        add_error(out, FUNCTION_UNKNOWN, "method_not_found",
                  arena_format(call->r.arena, "%.*s is not known", STR_ARG(name)));
        return;
    }
    buf_add(out, STR("{\"result\":"));
    function->handler(call, out);
    buf_add_char(out, '}');
}

enum err channel_talk_answer(const struct platform *self, const struct inbound *inbound, struct arena *arena,
                             struct immediate *ret_immediate, struct error *error)
{
    if (!channel_talk_is_function(inbound)) {
        *ret_immediate = (struct immediate){.final = false};
        return OK;
    }
    CLEANUP(json_releasep) json_t *root = NULL;
    if (json_parse_body(inbound->body, &root, error) != OK)
        return during(error, "reading a function call");
    struct call call = {.ct = channel_talk_of(self), .r = {.arena = arena, .error = error}, .root = root};
    call.method = json_may_str(&call.r, root, "method", STR(""));
    struct buf out;
    buf_init(&out, arena, MAX_ANSWER_BYTES);
    answer_call(&call, &out);
    if (call.r.rc != OK || buf_failed(&out))
        return fail(error, ERR_NO_MEMORY, "no memory for a function's answer");
    *ret_immediate = (struct immediate){
        .final = true, .status = 200, .content_type = STR("application/json; charset=utf-8"), .body = buf_str(&out)};
    return OK;
}
