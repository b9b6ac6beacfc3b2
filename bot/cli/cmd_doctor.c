/* bot/cli/cmd_doctor.c — `gilbot doctor`: what is well, what is not, what to do, and who would ever be called. */
#include <stdio.h>
#include <string.h>

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "bot/base/log.h"
#include "bot/base/secret.h"
#include "bot/base/settings.h"
#include "bot/base/text.h"
#include "bot/cli/commands.h"
#include "bot/cli/config.h"
#include "bot/cli/doctor.h"
#include "bot/cli/reach.h"

#include "bot/base/banned.h"

enum { DOCTOR_BYTES = 64 * 1024 * 1024, JSON_BYTES = 4 * 1024 * 1024, PART_COLUMNS = 26, URL_COLUMNS = 38 };

struct doctor_options {
    bool json, offline;
};

/* ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void cell(struct str text, size_t columns)
{
    size_t wide = text_columns(text);
    printf("%.*s%*s  ", STR_ARG(text), wide < columns ? (int)(columns - wide) : 0, "");
}

static void print_finding(const struct doctor *doctor, const struct doctor_finding *finding)
{
    static const char *const states[][2] = {
        [DOCTOR_WELL] = {"ok", "좋음"}, [DOCTOR_NOTE] = {"note", "참고"}, [DOCTOR_BAD] = {"BAD", "고장"}};
    cell(str_of(states[finding->state][doctor->korean ? 1 : 0]), 4);
    cell(finding->part, PART_COLUMNS);
    printf("%.*s\n", STR_ARG(finding->found));
    if (finding->mend.n > 0)
        printf("%*s→ %.*s\n", 6 + PART_COLUMNS + 2, "", STR_ARG(finding->mend));
}

static struct str reason(const struct doctor *doctor, const struct reach_address *address)
{
    const char *why = reach_why(address->who, doctor->korean);
    struct str name = address->name;
    return name.n == 0 ? str_of(why) : arena_format(doctor->arena, "%.*s: %s", STR_ARG(name), why);
}

static void print_reach(const struct doctor *doctor, const struct reach *reach)
{
    bool airgap = doctor->settings->airgap;
    if (reach->n == 0) {
        puts(doctor_words(doctor, "\nNobody is ever called.", "\n바깥의 어떤 주소도 부르지 않아요."));
        return;
    }
    puts(doctor_words(doctor, "\nThese addresses are ever called, no others:", "\n부르는 주소는 이것뿐이에요:"));
    for (size_t i = 0; i < reach->n; i++) {
        printf("  ");
        cell(reach->items[i].url, URL_COLUMNS);
        struct str why = reason(doctor, &reach->items[i]);
        printf("%.*s\n", STR_ARG(why));
    }
    if (airgap)
        puts(doctor_words(doctor, "airgap: every one of them is written in gilbot.yaml, and no proxy is used.",
                          "airgap: 모두 gilbot.yaml에 적힌 주소이고, 프록시는 쓰지 않아요."));
}

/* ── for programs ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_findings(struct buf *out, const struct doctor *doctor)
{
    static const char *const states[] = {[DOCTOR_WELL] = "ok", [DOCTOR_NOTE] = "note", [DOCTOR_BAD] = "bad"};
    json_add_key(out, "checks");
    buf_add_char(out, '[');
    for (size_t i = 0; i < doctor->n; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "state", str_of(states[doctor->findings[i].state]));
        json_add_member(out, "part", doctor->findings[i].part);
        json_add_member(out, "message", doctor->findings[i].found);
        json_add_member(out, "mend", doctor->findings[i].mend);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_reach(struct buf *out, const struct doctor *doctor, const struct reach *reach)
{
    json_add_key(out, "addresses");
    buf_add_char(out, '[');
    for (size_t i = 0; i < reach->n; i++) {
        json_add_comma(out);
        buf_add_char(out, '{');
        json_add_member(out, "url", reach->items[i].url);
        json_add_member(out, "why", reason(doctor, &reach->items[i]));
        json_add_member_bool(out, "written", reach->items[i].written);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void print_json(const struct doctor *doctor, const struct reach *reach, bool well)
{
    struct buf out;
    buf_init(&out, doctor->arena, JSON_BYTES);
    buf_add_char(&out, '{');
    json_add_member_bool(&out, "ok", well);
    json_add_member_bool(&out, "airgap", doctor->settings->airgap);
    add_findings(&out, doctor);
    add_reach(&out, doctor, reach);
    buf_add_char(&out, '}');
    printf("%.*s\n", STR_ARG(buf_str(&out)));
}

/* ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int examine(struct doctor *doctor, const struct doctor_options *options)
{
    struct reach reach = {0};
    struct error error = {0};
    doctor_look(doctor);
    if (options->offline)
        doctor_find(doctor, DOCTOR_NOTE, str_of(doctor_words(doctor, "network", "네트워크")),
                    str_of(doctor_words(doctor, "not tried (--offline)", "확인하지 않았어요 (--offline)")), NULL);
    else if (doctor_reach_out(doctor, &error) != OK)
        return config_failed(&error);
    if (reach_of(doctor->settings, doctor->arena, &reach, &error) != OK)
        return config_failed(&error);
    bool well = true;
    for (size_t i = 0; i < doctor->n; i++) {
        well = well && doctor->findings[i].state != DOCTOR_BAD;
        if (!options->json)
            print_finding(doctor, &doctor->findings[i]);
    }
    if (options->json)
        print_json(doctor, &reach, well);
    else
        print_reach(doctor, &reach);
    return well ? 0 : 1;
}

static bool read_words(const struct command_line *line, struct doctor_options *ret)
{
    for (int i = 1; i < line->argc; i++) {
        if (strcmp(line->argv[i], "--json") == 0)
            ret->json = true;
        else if (strcmp(line->argv[i], "--offline") == 0)
            ret->offline = true;
        else {
            fprintf(stderr, "gilbot: doctor does not know %s; `gilbot doctor --help`\n", line->argv[i]);
            return false;
        }
    }
    return true;
}

static int run(const struct command_line *line)
{
    struct doctor_options options = {0};
    if (!read_words(line, &options))
        return 2;
    struct arena arena;
    arena_init(&arena, DOCTOR_BYTES);
    struct settings *settings = NULL;
    struct error error = {0};
    struct doctor doctor = {.arena = &arena,
                            .clock = clock_system(),
                            .findings = arena_alloc_array(&arena, DOCTOR_MOST_FINDINGS, sizeof *doctor.findings)};
    enum err rc = doctor.findings == NULL ? fail(&error, ERR_NO_MEMORY, "out of memory") : secret_start(&error);
    if (rc == OK)
        rc = config_load(line, &arena, &settings, &error);
    if (rc == OK)
        rc = config_set_time_zone(settings, &error);
    int status = 0;
    if (rc == OK) {
        doctor.settings = settings;
        doctor.korean = str_starts(settings->locale, STR("ko"));
        log_setup(2, settings->log.format, LOG_LEVEL_ERROR);
        status = examine(&doctor, &options);
    } else {
        status = config_failed(&error);
    }
    settings_release(settings);
    arena_release(&arena);
    return status;
}

const struct command command_doctor = {
    .name = "doctor",
    .usage = "[--offline] [--json]",
    .summary = "tries every part that is configured, says what to mend",
    .help = "  --offline    looks only at what is here; nobody is called\n"
            "  --json       {\"ok\", \"airgap\", \"checks\": [{\"state\", \"part\", \"message\", \"mend\"}],\n"
            "               \"addresses\": [{\"url\", \"why\", \"written\"}]}\n\n"
            "Exit status 1 when something is broken.  Models are asked for a few tokens; nothing is sent to people.\n"
            "At the end stand all addresses that this gilbot would ever call, and why.\n",
    .run = run,
};
