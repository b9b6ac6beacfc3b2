#include "bot/base/yaml_fault.h"

#include <stdbool.h>
#include <string.h>

#include "bot/base/attributes.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

/* The first row whose words are in libyaml's problem (and context) counts. `begun`: the fault is where it began. */
static const struct {
    const char *problem, *context;
    bool begun;
    const char *sentence;
} explanations[] = {
    {"found character that cannot start any token", NULL, false,
     "a value cannot begin with this character; put the value in quotes"},
    {"found a tab character", NULL, false, "tabs are not allowed for indentation; use spaces"},
    {"mapping values are not allowed", NULL, false,
     "a ':' is not expected here; put the value in quotes if the ':' belongs to it, or check the indentation"},
    {"did not find expected key", "parsing a block mapping", false,
     "this line does not fit to the ones above; give it the same indentation as its neighbours"},
    {"could not find expected ':'", NULL, true,
     "a ':' is missing after this key; write `key: value`, or put the text in quotes"},
    {"did not find expected '-' indicator", NULL, false,
     "a list item is expected here; begin the line with '- ' below the other items, or mend its indentation"},
    {"block sequence entries are not allowed", NULL, false,
     "a list cannot begin here; put each '- ' on a line of its own"},
    {"block mapping keys are not allowed", NULL, false, "a key cannot begin here; put it on a line of its own"},
    {"mapping keys are not allowed", NULL, false, "a key cannot begin here; put it on a line of its own"},
    {"expected ',' or ']'", NULL, true, "this list is not closed; write ',' between its items and ']' at its end"},
    {"expected ',' or '}'", NULL, true, "this '{' is not closed; write ',' between its members and '}' at its end"},
    {"found unexpected end of stream", "quoted scalar", true, "this text is never closed; write the closing quote"},
    {"found unexpected document indicator", "quoted scalar", true,
     "this text is never closed; write the closing quote"},
    {"alphabetic or numeric character", "anchor", true, "a value that begins with '&' must be in quotes; write \"&…\""},
    {"alphabetic or numeric character", "alias", true, "a value that begins with '*' must be in quotes; write \"*…\""},
    {"found unknown escape character", NULL, false,
     "a backslash has a meaning in double quotes; write \\\\ or use single quotes"},
    {"did not find expected hexdecimal number", NULL, false, "hexadecimal digits are expected after \\x or \\u"},
    {"found invalid Unicode character escape code", NULL, false, "this escape is no Unicode character; correct it"},
    {"expected chomping or indentation indicators", NULL, false,
     "'|' or '>' must end its line; put the text in quotes or on the next lines"},
    {"did not find expected comment or line break", NULL, false,
     "nothing may follow here on this line; put the text in quotes or on the next lines"},
    {"did not find expected <document start>", NULL, false,
     "this does not belong to what stands above; check the indentation and the ':' after keys"},
    {"did not find expected node content", NULL, false, "a value is expected here; write one or take out the ','"},
    {"undefined tag handle", NULL, true, "a value that begins with '!' must be in quotes; write \"!…\""},
    {"tag", "tag", true, "a value that begins with '!' must be in quotes; write \"!…\""},
    {"expected URI", NULL, true, "a value that begins with '!' must be in quotes; write \"!…\""},
    {"directive", NULL, true, "a line that begins with '%' must be in quotes; write \"%…\""},
    {"directive", "directive", true, "a line that begins with '%' must be in quotes; write \"%…\""},
    {"", "directive", true, "a line that begins with '%' must be in quotes; write \"%…\""},
    {"control characters are not allowed", NULL, false, "an invisible control character is here; delete it"},
};

/* The rest of the line that holds a position counted as libyaml does, from that position on. */
static struct str text_from(struct str text, size_t line, size_t column)
{
    struct str here = {NULL, 0};
    for (size_t i = 0; i <= line; i++)
        if (!str_split(&text, '\n', &here))
            return STR("");
    struct str before = text_first(here, column);
    return str_skip(here, before.n);
}

static bool says(const char *whole, const char *part)
{
    return whole != NULL && strstr(whole, part) != NULL;
}

struct yaml_fault yaml_fault_explain(const struct yaml_complaint *complaint, struct str text)
{
    struct yaml_fault fault = {
        .line = complaint->line + 1,
        .column = complaint->column + 1,
        .sentence = "this is no YAML; check the indentation, quotes and brackets here and on the line above",
    };
    struct str here = text_from(text, complaint->line, complaint->column);
    if (str_starts(here, STR("\t"))) {
        fault.sentence = "tabs are not allowed for indentation; use spaces";
        return fault;
    }
    if (str_starts(here, STR(": ")) && says(complaint->problem, "did not find expected key")) {
        fault.sentence = "a key is missing before this ':'; write one";
        return fault;
    }
    for (size_t i = 0; i < COUNT_OF(explanations); i++) {
        if (!says(complaint->problem, explanations[i].problem) ||
            (explanations[i].context != NULL && !says(complaint->context, explanations[i].context)))
            continue;
        fault.sentence = explanations[i].sentence;
        if (explanations[i].begun && complaint->context != NULL) {
            fault.line = complaint->begun_line + 1;
            fault.column = complaint->begun_column + 1;
        }
        break;
    }
    return fault;
}
