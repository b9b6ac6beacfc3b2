#include "integrations/slack/form.h"

#include "bot/base/arena.h"
#include "bot/base/buf.h"
#include "tests/support/test.h"

TEST(form, names_and_values_are_decoded)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 100000);
    struct form form;
    struct error error;
    struct str body = STR("command=%2Fask&text=what+is%20this+%26+%ED%99%98%EB%B6%88&empty=&bare&a.b-c_d*e~=1;2/3:4@5");
    assert_int_equal(form_parse(&arena, body, &form, &error), OK);
    assert_int_equal(form.n, 5);
    assert_str_equal(form_get(&form, STR("command")), STR("/ask"));
    assert_str_equal(form_get(&form, STR("text")), STR("what is this & 환불"));
    assert_str_equal(form_get(&form, STR("empty")), STR(""));
    assert_str_equal(form_get(&form, STR("a.b-c_d*e~")), STR("1;2/3:4@5"));
    assert_str_equal(form_get(&form, STR("absent")), STR(""));
    assert_int_equal(form_parse(&arena, STR(""), &form, &error), OK);
    assert_int_equal(form.n, 0);
    assert_int_equal(form_parse(&arena, STR("a=1&&b=2&"), &form, &error), OK);
    assert_int_equal(form.n, 2);
}

TEST(form, what_is_no_form_is_refused)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1000000);
    static const struct str bad[] = {
        STR_INIT("a=%"),     STR_INIT("a=%2"),        STR_INIT("a=%zz"),   STR_INIT("a=%-1"),  STR_INIT("a=b c"),
        STR_INIT("a=\"b\""), STR_INIT("{\"a\":1}"),   STR_INIT("a=\x01"),  STR_INIT("a=환불"), STR_INIT("a=%00"),
        STR_INIT("a=%ff"),   STR_INIT("a=%ED%A0%80"), STR_INIT("a=1&a=2"), STR_INIT("a=<b>"),  STR_INIT("a=1\n"),
        STR_INIT("a\0b=1"),  STR_INIT("%00=1"),
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct form form;
        struct error error;
        if (form_parse(&arena, bad[i], &form, &error) != ERR_INVALID)
            fail_msg("accepted: %.*s", STR_ARG(bad[i]));
    }
}

TEST(form, what_is_written_reads_the_same)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1000000);
    struct buf out;
    buf_init(&out, &arena, 100000);
    struct str text = STR("환불 & 교환 = 100% *bold* \"q\" \n<@U1>");
    char many[1000];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = (char)('!' + i % 90);
    form_add(&out, STR("text"), text);
    form_add(&out, STR("many"), (struct str){many, sizeof many});
    struct form form;
    struct error error;
    assert_int_equal(form_parse(&arena, buf_str(&out), &form, &error), OK);
    assert_str_equal(form_get(&form, STR("text")), text);
    assert_str_equal(form_get(&form, STR("many")), ((struct str){many, sizeof many}));
}

TEST(form, more_fields_than_any_request_has_are_refused)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1000000);
    struct buf out;
    buf_init(&out, &arena, 100000);
    for (int i = 0; i <= FORM_MAX_FIELDS; i++)
        buf_addf(&out, "f%d=1&", i);
    struct form form;
    struct error error;
    assert_int_equal(form_parse(&arena, buf_str(&out), &form, &error), ERR_INVALID);
}

TEST_MAIN
