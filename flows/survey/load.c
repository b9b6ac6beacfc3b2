#include "flows/survey/load.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/secret.h"
#include "bot/base/text.h"
#include "flows/survey/trial.h"

#include "bot/base/banned.h"

enum { MAX_ID_BYTES = 64, MAX_REMINDERS = 10 };

static void load_id(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *node = load_get(loader, root, "flow");
    if (node == NULL) {
        load_fault(loader, load_place(root), "a flow begins with its id; write `flow: …`");
        return;
    }
    struct str id = load_str(loader, node);
    bool fits = id.n > 0 && id.n <= MAX_ID_BYTES && id.p[0] >= 'a' && id.p[0] <= 'z';
    for (size_t i = 0; i < id.n && fits; i++) {
        char c = id.p[i];
        fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
    if (!fits)
        load_fault(loader, load_place(node),
                   "`%.*s` cannot be a flow's id; begin with a to z, use a to z, 0 to 9, _ and -, at most %d",
                   STR_ARG(id), MAX_ID_BYTES);
    loader->definition->id = id;
}

static void load_locale(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *node = load_get(loader, root, "locale");
    struct str locale = node == NULL ? STR("ko") : load_str(loader, node);
    if (loader->rc == OK && !locale_is_one(locale))
        load_fault(loader, load_place(node), "`%.*s` is no language; write one as ko, en or en-US", STR_ARG(locale));
    struct str *items = load_grow(loader, NULL, 0, sizeof *items);
    if (items == NULL)
        return;
    items[0] = locale;
    loader->locales = (struct strs){items, 1};
    loader->definition->locale = locale;
}

static void load_words(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *map = load_get(loader, root, "words");
    if (map == NULL)
        return;
    const char *names[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        names[i] = word_name((enum word)i);
    load_keys(loader, map, "`words`", names, WORDS);
    for (const struct yaml_node *node = map->child; node != NULL && loader->rc == OK; node = node->next) {
        enum word word;
        if (!word_from_name(node->key, &word))
            continue; /* load_keys said so */
        struct strs said = load_strs(loader, node);
        enum err rc = loader->rc == OK ? words_replace(&loader->definition->words, word, said, loader->arena) : OK;
        if (rc == ERR_INVALID)
            load_fault(loader, load_place(node), "one of these is nothing but spaces and punctuation; take it out");
        else if (rc != OK)
            load_no_memory(loader);
        load_settle(loader);
    }
}

static void load_remind(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *map = load_get(loader, root, "remind");
    if (map == NULL)
        return;
    LOAD_KEYS(loader, map, "`remind`", "after", "text", "times");
    const struct yaml_node *after = load_get(loader, map, "after"), *text = load_get(loader, map, "text");
    const struct yaml_node *times = load_get(loader, map, "times");
    if (after == NULL || text == NULL)
        load_fault(loader, load_place(map), "`remind` needs `after` and `text`; add what is missing");
    loader->definition->remind = (struct remind){
        .after_ms = load_duration(loader, after),
        .text = load_text(loader, text),
        .times = times == NULL ? 1 : load_whole(loader, times, 1, MAX_REMINDERS),
    };
    if (loader->rc == OK && loader->definition->remind.after_ms == 0)
        load_fault(loader, load_place(after), "`after` is no time at all; write one as 1h");
}

static void load_limits(struct loader *loader, const struct yaml_node *root)
{
    struct definition *def = loader->definition;
    const struct yaml_node *expire = load_get(loader, root, "expire"), *max_time = load_get(loader, root, "max_time");
    const struct yaml_node *resume = load_get(loader, root, "resume");
    def->expire_ms = expire == NULL ? SURVEY_EXPIRE_MS : load_duration(loader, expire);
    if (loader->rc == OK && def->expire_ms == 0)
        load_fault(loader, load_place(expire), "`expire` is no time at all; write one as 7d");
    load_settle(loader);
    def->max_time_ms = max_time == NULL ? SURVEY_MAX_TIME_MS : load_duration(loader, max_time);
    load_settle(loader);
    def->resume_ms = resume == NULL ? SURVEY_RESUME_MS : load_duration(loader, resume);
}

/* How the flow is shown in Slack. */
static void load_slack(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *node = load_get(loader, root, "slack");
    if (node == NULL)
        return;
    struct str how = load_str(loader, node);
    if (loader->rc == OK && !str_eq(how, STR("modal")))
        load_fault(loader, load_place(node), "`%.*s` is no way to show a flow in Slack; write modal, or leave it out",
                   STR_ARG(how));
    loader->definition->modal = true;
    loader->definition->modal_at = load_place(node);
}

static void find_steps(struct loader *loader, const struct yaml_node *root)
{
    loader->steps = load_get(loader, root, "steps");
    if (loader->steps == NULL)
        load_fault(loader, load_place(root), "a flow needs `steps`; add them");
    load_list(loader, loader->steps, "`steps` is a list");
    if (loader->rc == OK && (loader->steps->n == 0 || loader->steps->n > LOAD_MAX_STEPS))
        load_fault(loader, load_place(loader->steps), "a flow has 1 to %d steps, not %zu", LOAD_MAX_STEPS,
                   loader->steps->n);
    if (loader->rc != OK)
        loader->steps = NULL;
}

/* One hash of all bytes that the flow is made of: of each file's hash, in order. */
static void load_version(struct loader *loader)
{
    struct buf hashes;
    unsigned char hash[SECRET_HMAC_BYTES];
    if (loader->rc != OK)
        return;
    buf_init(&hashes, loader->arena, loader->n_sources * sizeof hash);
    for (size_t i = 0; i < loader->n_sources; i++) {
        secret_sha256(loader->sources[i].bytes, hash);
        buf_add(&hashes, (struct str){(const char *)hash, sizeof hash});
    }
    if (loader->n_sources > 1)
        secret_sha256(buf_str(&hashes), hash);
    loader->definition->version = secret_hex(loader->arena, (struct str){(const char *)hash, sizeof hash});
    if (buf_failed(&hashes) || loader->definition->version.p == NULL)
        load_no_memory(loader);
}

/* What needs no expression, and so no names. */
static void load_head(struct loader *loader, const struct yaml_node *root)
{
    LOAD_KEYS(loader, root, "a flow", "flow", "title", "about", "locale", "profile", "catalog", "let", "tables",
              "variants", "steps", "words", "remind", "resume", "expire", "max_time", "slack", "tests");
    if (loader->rc != OK)
        return;
    load_id(loader, root);
    load_settle(loader);
    load_locale(loader, root);
    load_settle(loader);
    load_limits(loader, root);
    load_settle(loader);
    load_slack(loader, root);
    load_settle(loader);
    load_words(loader, root);
    load_settle(loader);
    load_splits(loader, root);
    load_settle(loader);
    find_steps(loader, root);
    load_settle(loader);
    load_varied_steps(loader);
}

/* Texts of the flow as a whole, which may name variables. */
static void load_tail(struct loader *loader, const struct yaml_node *root)
{
    struct definition *def = loader->definition;
    def->title = load_text(loader, load_get(loader, root, "title"));
    load_settle(loader);
    def->about = load_text(loader, load_get(loader, root, "about"));
    load_settle(loader);
    load_remind(loader, root);
    load_settle(loader);
    def->locales = loader->locales;
}

/* Only of a flow without a fault: what is missing from it would be found missing in its tests, too. */
static void load_own_trials(struct loader *loader, const struct yaml_node *root)
{
    struct trials trials = {0};
    if (loader->rc == OK && loader->faults.n == 0)
        load_trials(loader, load_get(loader, root, "tests"), loader->definition, &trials);
    loader->definition->trials = trials.items;
    loader->definition->n_trials = trials.n;
}

/* What needs the steps: without them every name in an expression would be unknown. */
static void load_body(struct loader *loader, const struct yaml_node *root)
{
    load_begin_steps(loader);
    load_names(loader, root);
    load_lets(loader);
    load_tables(loader);
    load_decisions(loader);
    load_order(loader);
    load_decision_kinds(loader);
    load_steps(loader);
    load_tail(loader, root);
    load_own_trials(loader, root);
}

/* The first fault is the file's. */
static enum err load_outcome(struct loader *loader)
{
    load_settle(loader);
    if ((loader->rc == OK || loader->rc == ERR_INVALID) && loader->faults.n > 0)
        loader->rc = fail(loader->error, ERR_INVALID, "%.*s", STR_ARG(loader->faults.items[0]));
    return loader->rc;
}

enum err load_flow(struct loader *loader)
{
    struct yaml_node *root = NULL;
    loader->rc = yaml_read(loader->arena, loader->file, loader->text, &root, loader->error);
    loader->definition->file = loader->file;
    load_note_file(loader, loader->file, loader->text);
    if (loader->rc == OK)
        load_lines(loader);
    if (loader->rc == OK)
        load_head(loader, root);
    if (loader->rc == OK)
        load_body(loader, root);
    load_version(loader);
    loader->definition->sources = loader->sources;
    loader->definition->n_sources = loader->n_sources;
    return load_outcome(loader);
}
