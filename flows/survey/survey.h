/* flows/survey/survey.h — flows written in YAML (flow-language.md): loaded once, run as struct flow.
 *
 *   survey_load_all(settings->flows, &flows, &error)          each file: a struct flow, immutable, shared by all threads
 *   flow->step(flow, &ctx, event, &session, &turn)            one event; pure: definition + session + event → turn
 *
 * What a step keeps in session->data, a JSON object:
 *   {"step": "activity", "misfits": 1, "answers": {"weight": 65}, "profile": {"name": "은지"},
 *    "history": [{"step": "weight"}]}
 * "missed": {"age": 2} only when something was: how often answers to a question did not fit, for the figures.
 * Names, not numbers, so that a session survives a change of its flow: what the changed flow does not know is dropped,
 * and when the question is gone the flow goes on from its first step, asking only what is not known.
 *
 * Thread:  loading: any; stepping: any, at once.
 * Memory:  a flow owns its arena: flow->free gives all back.
 * Errors:  loading: ERR_INVALID "FILE:LINE:COLUMN: what is wrong; what to do" (the first fault), ERR_NOT_FOUND,
 *          ERR_NO_MEMORY.  Stepping: ERR_NO_MEMORY (the arena of the event is full, or what is remembered is too
 *          large), ERR_INVALID (session->data is no data of ours).                                                  */
#ifndef GILBOT_FLOWS_SURVEY_SURVEY_H
#define GILBOT_FLOWS_SURVEY_SURVEY_H

#include "bot/base/attributes.h"
#include "bot/base/error.h"
#include "bot/base/str.h"
#include "flows/flow.h"

struct definition;
struct findings;
struct source_file;

/* The flow in the file at `path`; the caller frees it (flow->free). */
MUST_USE
enum err survey_load(const char *path, struct flow **ret_flow, struct error *error);

/* The same from text; `file` is its name for messages, and its folder that of the files it names. */
MUST_USE
enum err survey_load_text(struct str file, struct str text, struct flow **ret_flow, struct error *error);

/* A flow as it was once: sources[0] is its file, the others stand in for what it names; the disk is not looked at.  They
 * are borrowed for the call. */
MUST_USE
enum err survey_load_sources(const struct source_file *sources, size_t n, struct flow **ret_flow, struct error *error);

/* Every flow of a list of files and folders: files as they are, and all *.yaml and *.yml below the folders that have a
 * `flow:` at their top, but for *.test.yaml (see trial.h).  Two flows with one id: ERR_INVALID.  The caller gives them
 * back with survey_release_all. */
MUST_USE
enum err survey_load_all(struct strs paths, struct flows *ret_flows, struct error *error);
void survey_release_all(struct flows *flows);

/* The same two, but going on: every fault is appended to `findings` (code "load"; of one file at most LOAD_MAX_FAULTS, in
 * the order of the file).  Of all files, ret_flows has the flows without any; of one, ERR_INVALID says that it has some. */
MUST_USE
enum err survey_load_text_checked(struct str file, struct str text, struct findings *findings, struct flow **ret_flow,
                                  struct error *error);
MUST_USE
enum err survey_load_all_checked(struct strs paths, struct findings *findings, struct flows *ret_flows,
                                 struct error *error);

/* What is behind a flow that was loaded here; NULL for any other. */
const struct definition *survey_definition(const struct flow *flow);

#endif
