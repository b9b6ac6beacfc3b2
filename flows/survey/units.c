#include "flows/survey/units.h"

#include "flows/survey/lexicon.h"

#include "bot/base/banned.h"

enum { DIVISION_DIGITS = 10 };

#define UNIT(text, kind, times, by)                                                                                    \
    {                                                                                                                  \
        .name = STR_INIT(text), .quantity = QUANTITY_##kind, .up = (times), .down = (by)                               \
    }
#define COUNTER(text) UNIT(text, COUNT, 1, 1)
#define UNIT_WITH_MINOR(text, kind, times, by, minor_name, min, max)                                                   \
    {                                                                                                                  \
        .name = STR_INIT(text), .quantity = QUANTITY_##kind, .up = (times), .down = (by),                              \
        .minor = STR_INIT(minor_name), .minor_digits_min = (min), .minor_digits_max = (max)                            \
    }
#define KILOGRAM(text) UNIT_WITH_MINOR(text, MASS, 1000, 1, "g", 3, 3)
#define METRE(text) UNIT_WITH_MINOR(text, LENGTH, 100, 1, "cm", 2, 2)
#define FOOT(text) UNIT_WITH_MINOR(text, LENGTH, 3048, 100, "in", 1, 2)
#define LITRE(text) UNIT_WITH_MINOR(text, VOLUME, 1000, 1, "ml", 3, 3)
#define HOUR(text) UNIT_WITH_MINOR(text, TIME, 3600, 1, "분", 1, 2)
#define FAHRENHEIT(text)                                                                                               \
    {                                                                                                                  \
        .name = STR_INIT(text), .quantity = QUANTITY_TEMPERATURE, .up = 5, .down = 9, .before_hundredths = -3200       \
    }

/* Base units: g, cm, mL, s, J, °C, month.  Sorted bytewise by name. */
static const struct unit table[] = {
    UNIT("\"", LENGTH, 254, 100),
    COUNTER("%"),
    FOOT("'"),
    UNIT("bottle", BOTTLE, 1, 1),
    UNIT("bottles", BOTTLE, 1, 1),
    UNIT("c", TEMPERATURE, 1, 1),
    UNIT("cal", ENERGY, 4184, 1),
    UNIT("cc", VOLUME, 1, 1),
    UNIT("centimeter", LENGTH, 1, 1),
    UNIT("centimeters", LENGTH, 1, 1),
    UNIT("centimetres", LENGTH, 1, 1),
    UNIT("cm", LENGTH, 1, 1),
    UNIT("cup", VESSEL, 1, 1),
    UNIT("cups", VESSEL, 1, 1),
    UNIT("day", TIME, 86400, 1),
    UNIT("days", TIME, 86400, 1),
    UNIT("dl", VOLUME, 100, 1),
    FAHRENHEIT("f"),
    FOOT("feet"),
    FOOT("foot"),
    FOOT("ft"),
    UNIT("g", MASS, 1, 1),
    UNIT("glass", VESSEL, 1, 1),
    UNIT("glasses", VESSEL, 1, 1),
    UNIT("gram", MASS, 1, 1),
    UNIT("grams", MASS, 1, 1),
    HOUR("h"),
    HOUR("hour"),
    HOUR("hours"),
    HOUR("hr"),
    HOUR("hrs"),
    UNIT("in", LENGTH, 254, 100),
    UNIT("inch", LENGTH, 254, 100),
    UNIT("inches", LENGTH, 254, 100),
    UNIT("j", ENERGY, 1, 1),
    UNIT("k", MASS, 1000, 1),
    UNIT("kcal", ENERGY, 4184, 1),
    KILOGRAM("kg"),
    KILOGRAM("kgs"),
    KILOGRAM("kilo"),
    KILOGRAM("kilogram"),
    KILOGRAM("kilograms"),
    KILOGRAM("kilos"),
    UNIT("kj", ENERGY, 1000, 1),
    UNIT("km", LENGTH, 100000, 1),
    LITRE("l"),
    UNIT("lb", MASS, 45359237, 100000),
    UNIT("lbs", MASS, 45359237, 100000),
    LITRE("liter"),
    LITRE("liters"),
    LITRE("litre"),
    LITRE("litres"),
    METRE("m"),
    COUNTER("meal"),
    COUNTER("meals"),
    METRE("meter"),
    METRE("meters"),
    METRE("metre"),
    METRE("metres"),
    UNIT("mg", MASS, 1, 1000),
    UNIT("mile", LENGTH, 160934400, 1000),
    UNIT("miles", LENGTH, 160934400, 1000),
    UNIT("min", TIME, 60, 1),
    UNIT("mins", TIME, 60, 1),
    UNIT("minute", TIME, 60, 1),
    UNIT("minutes", TIME, 60, 1),
    UNIT("ml", VOLUME, 1, 1),
    UNIT("mm", LENGTH, 1, 10),
    UNIT("month", MONTHS, 1, 1),
    UNIT("months", MONTHS, 1, 1),
    UNIT("oz", MASS, 28349523125, 1000000000),
    UNIT("pound", MASS, 45359237, 100000),
    UNIT("pounds", MASS, 45359237, 100000),
    UNIT("sec", TIME, 1, 1),
    UNIT("seconds", TIME, 1, 1),
    COUNTER("time"),
    COUNTER("times"),
    UNIT("week", TIME, 604800, 1),
    UNIT("weeks", TIME, 604800, 1),
    UNIT("year", MONTHS, 12, 1),
    UNIT("years", MONTHS, 12, 1),
    UNIT("years old", AGE, 1, 1),
    UNIT("yo", AGE, 1, 1),
    UNIT("°", TEMPERATURE, 1, 1),
    UNIT("°c", TEMPERATURE, 1, 1),
    FAHRENHEIT("°f"),
    FOOT("’"),
    UNIT("”", LENGTH, 254, 100),
    FOOT("′"),
    UNIT("″", LENGTH, 254, 100),
    UNIT("℃", TEMPERATURE, 1, 1),
    FAHRENHEIT("℉"),
    LITRE("ℓ"),
    UNIT("㎉", ENERGY, 4184, 1),
    KILOGRAM("㎏"),
    UNIT("㎖", VOLUME, 1, 1),
    UNIT("㎝", LENGTH, 1, 1),
    UNIT("㏄", VOLUME, 1, 1),
    COUNTER("가지"),
    COUNTER("개"),
    UNIT("개월", MONTHS, 1, 1),
    COUNTER("걸음"),
    COUNTER("공기"),
    COUNTER("권"),
    UNIT("그람", MASS, 1, 1),
    UNIT("그램", MASS, 1, 1),
    COUNTER("그릇"),
    UNIT("근", MASS, 600, 1),
    COUNTER("끼"),
    COUNTER("끼니"),
    UNIT("년", MONTHS, 12, 1),
    UNIT("년생", BIRTH, 1, 1),
    UNIT("달", MONTHS, 1, 1),
    UNIT("도", TEMPERATURE, 1, 1),
    LITRE("리타"),
    LITRE("리터"),
    COUNTER("마리"),
    UNIT("마일", LENGTH, 160934400, 1000),
    METRE("메타"),
    COUNTER("명"),
    COUNTER("모금"),
    UNIT("미리", VOLUME, 1, 1),
    METRE("미터"),
    UNIT("밀리", VOLUME, 1, 1),
    UNIT("밀리그램", MASS, 1, 1000),
    UNIT("밀리리터", VOLUME, 1, 1),
    UNIT("밀리미터", LENGTH, 1, 10),
    COUNTER("바퀴"),
    COUNTER("박스"),
    COUNTER("번"),
    COUNTER("번째"),
    COUNTER("벌"),
    UNIT("병", BOTTLE, 1, 1),
    COUNTER("보"),
    COUNTER("봉지"),
    UNIT("분", TIME, 60, 1),
    COUNTER("분의"),
    COUNTER("사람"),
    UNIT("살", AGE, 1, 1),
    UNIT("생", BIRTH, 1, 1),
    UNIT("세", AGE, 1, 1),
    COUNTER("세트"),
    UNIT("센치", LENGTH, 1, 1),
    UNIT("센치미터", LENGTH, 1, 1),
    UNIT("센티", LENGTH, 1, 1),
    UNIT("센티미터", LENGTH, 1, 1),
    COUNTER("숟갈"),
    COUNTER("스푼"),
    UNIT("시", CLOCK, 1, 1),
    HOUR("시간"),
    UNIT("시시", VOLUME, 1, 1),
    UNIT("쎈치", LENGTH, 1, 1),
    UNIT("씨씨", VOLUME, 1, 1),
    UNIT("씨엠", LENGTH, 1, 1),
    COUNTER("알"),
    UNIT("온스", MASS, 28349523125, 1000000000),
    COUNTER("원"),
    COUNTER("인분"),
    UNIT("인치", LENGTH, 254, 100),
    UNIT("일", TIME, 86400, 1),
    UNIT("잔", VESSEL, 1, 1),
    COUNTER("장"),
    COUNTER("점"),
    COUNTER("정"),
    COUNTER("조각"),
    UNIT("주", TIME, 604800, 1),
    UNIT("주일", TIME, 604800, 1),
    COUNTER("차례"),
    UNIT("초", TIME, 1, 1),
    COUNTER("층"),
    COUNTER("칸"),
    UNIT("칼로리", ENERGY, 4184, 1), /* what people call a kcal of food */
    UNIT("캔", BOTTLE, 1, 1),
    UNIT("컵", VESSEL, 1, 1),
    KILOGRAM("케이지"),
    COUNTER("켤레"),
    KILOGRAM("키로"),
    KILOGRAM("키로그램"),
    UNIT("키로미터", LENGTH, 100000, 1),
    UNIT("키로칼로리", ENERGY, 4184, 1),
    KILOGRAM("킬로"),
    KILOGRAM("킬로그램"),
    UNIT("킬로미터", LENGTH, 100000, 1),
    UNIT("킬로줄", ENERGY, 1000, 1),
    UNIT("킬로칼로리", ENERGY, 4184, 1),
    UNIT("파운드", MASS, 45359237, 100000),
    COUNTER("팩"),
    COUNTER("퍼센트"),
    COUNTER("프로"),
    FOOT("피트"),
    COUNTER("회"),
};

static bool is_latin(char c)
{
    return c >= 'a' && c <= 'z';
}

static const struct unit *longest_at(struct str s)
{
    const struct unit *best = NULL;
    size_t from, n = lexicon_range(&LEXICON(table), s, &from);
    for (const struct unit *unit = table + from; n > 0; unit++, n--) {
        if (!str_starts(s, unit->name))
            continue;
        bool cut = is_latin(unit->name.p[unit->name.n - 1]) && s.n > unit->name.n && is_latin(s.p[unit->name.n]);
        if (!cut && (best == NULL || best->name.n < unit->name.n))
            best = unit;
    }
    return best;
}

const struct unit *unit_take(struct str *rest)
{
    if (rest->n == 0)
        return NULL;
    const struct unit *unit = longest_at(*rest);
    if (unit != NULL)
        *rest = str_skip(*rest, unit->name.n);
    return unit;
}

const struct unit *unit_find(struct str name)
{
    if (name.n == 0)
        return NULL;
    char first = name.p[0] >= 'A' && name.p[0] <= 'Z' ? (char)(name.p[0] - 'A' + 'a') : name.p[0];
    bool ascii = first >= 0;
    size_t from, n = lexicon_range(&LEXICON(table), ascii ? (struct str){&first, 1} : name, &from);
    for (const struct unit *unit = table + from; n > 0; unit++, n--)
        if (str_eq_nocase(name, unit->name))
            return unit;
    return NULL;
}

static bool is_same_scale(const struct unit *a, const struct unit *b)
{
    return a->up == b->up && a->down == b->down && a->before_hundredths == b->before_hundredths;
}

/* Of one unit, as a decimal. */
static bool hundredths(int64_t n, struct decimal *ret)
{
    return decimal_div(decimal_from_i64(n), decimal_from_i64(100), ret);
}

bool unit_convert(struct decimal value, const struct unit *from, const struct unit *to, struct decimal *ret)
{
    struct decimal before, after, above, below, result;
    if (is_same_scale(from, to)) {
        *ret = value;
        return true;
    }
    bool fine = hundredths(from->before_hundredths, &before) && decimal_add(value, before, &value) &&
                decimal_mul(decimal_from_i64(from->up), decimal_from_i64(to->down), &above) &&
                decimal_mul(decimal_from_i64(from->down), decimal_from_i64(to->up), &below) &&
                decimal_mul(value, above, &result) && decimal_div(result, below, &result) &&
                hundredths(to->before_hundredths, &after) && decimal_sub(result, after, &result);
    struct decimal rounded;
    if (fine && decimal_scale(result, DIVISION_DIGITS, DECIMAL_HALF_EVEN, &rounded))
        result = decimal_trim(rounded);
    if (fine)
        *ret = result;
    return fine;
}

bool unit_table_is_sorted(void)
{
    return lexicon_is_sorted(&LEXICON(table));
}
