#include "flows/survey/fillers.h"

#include "bot/base/text.h"
#include "flows/survey/lexicon.h"

#include "bot/base/banned.h"

/* About (정도, 쯤), particles (을, 로, 씩), to be (이에요, 입니다), to become and to do (됩니다, 먹어요), and to lose or gain, where
 * a question allows both and sees to the sign elsewhere.  Sorted bytewise; spaces are left out, they are skipped. */
static const struct str endings[] = {
    STR_INIT("about"),        STR_INIT("ish"),          STR_INIT("or so"),        STR_INIT("please"),
    STR_INIT("가"),           STR_INIT("가량"),         STR_INIT("감량"),         STR_INIT("감량이"),
    STR_INIT("감량하고"),     STR_INIT("같습니다"),     STR_INIT("같아요"),       STR_INIT("같은데요"),
    STR_INIT("거같아요"),     STR_INIT("거든요"),       STR_INIT("걷는"),         STR_INIT("걷습니다"),
    STR_INIT("걸어요"),       STR_INIT("것같습니다"),   STR_INIT("것같아요"),     STR_INIT("고요"),
    STR_INIT("골라요"),       STR_INIT("구요"),         STR_INIT("까지"),         STR_INIT("나가요"),
    STR_INIT("나갑니다"),     STR_INIT("나오네요"),     STR_INIT("나옵니다"),     STR_INIT("나와요"),
    STR_INIT("내외"),         STR_INIT("네요"),         STR_INIT("는"),           STR_INIT("늘리고"),
    STR_INIT("늘리고싶어요"), STR_INIT("대략"),         STR_INIT("돼요"),         STR_INIT("됐습니다"),
    STR_INIT("됐어요"),       STR_INIT("되네요"),       STR_INIT("되는"),         STR_INIT("되는데"),
    STR_INIT("되었습니다"),   STR_INIT("되었어요"),     STR_INIT("되요"),         STR_INIT("될"),
    STR_INIT("될거예요"),     STR_INIT("됩니다"),       STR_INIT("듯"),           STR_INIT("듯요"),
    STR_INIT("듯합니다"),     STR_INIT("듯해요"),       STR_INIT("로"),           STR_INIT("를"),
    STR_INIT("마셔요"),       STR_INIT("마시고있어요"), STR_INIT("마시는"),       STR_INIT("마십니다"),
    STR_INIT("만"),           STR_INIT("먹는"),         STR_INIT("먹습니다"),     STR_INIT("먹어요"),
    STR_INIT("먹었습니다"),   STR_INIT("먹었어요"),     STR_INIT("목표"),         STR_INIT("목표예요"),
    STR_INIT("밖에"),         STR_INIT("밖에안마셔요"), STR_INIT("밖에안먹어요"), STR_INIT("밖에안해요"),
    STR_INIT("빼고"),         STR_INIT("빼고싶습니다"), STR_INIT("빼고싶어요"),   STR_INIT("빼기"),
    STR_INIT("빼려고요"),     STR_INIT("뺄래요"),       STR_INIT("선택"),         STR_INIT("선택할게요"),
    STR_INIT("싶습니다"),     STR_INIT("싶어요"),       STR_INIT("씩"),           STR_INIT("아마"),
    STR_INIT("야"),           STR_INIT("약간"),         STR_INIT("언저리"),       STR_INIT("에여"),
    STR_INIT("에요"),         STR_INIT("여"),           STR_INIT("염"),           STR_INIT("였어요"),
    STR_INIT("예"),           STR_INIT("예여"),         STR_INIT("예요"),         STR_INIT("요"),
    STR_INIT("욤"),           STR_INIT("용"),           STR_INIT("운동합니다"),   STR_INIT("운동해요"),
    STR_INIT("유"),           STR_INIT("으로"),         STR_INIT("은"),           STR_INIT("을"),
    STR_INIT("이"),           STR_INIT("이거든요"),     STR_INIT("이고요"),       STR_INIT("이구요"),
    STR_INIT("이네요"),       STR_INIT("이라"),         STR_INIT("이라고"),       STR_INIT("이라서"),
    STR_INIT("이랍니다"),     STR_INIT("이야"),         STR_INIT("이었어요"),     STR_INIT("이에여"),
    STR_INIT("이에요"),       STR_INIT("이여"),         STR_INIT("이예요"),       STR_INIT("이요"),
    STR_INIT("이용"),         STR_INIT("이죠"),         STR_INIT("이지"),         STR_INIT("인거같아요"),
    STR_INIT("인것같습니다"), STR_INIT("인것같아요"),   STR_INIT("인데"),         STR_INIT("인데여"),
    STR_INIT("인데요"),       STR_INIT("인듯"),         STR_INIT("일거에요"),     STR_INIT("일거예요"),
    STR_INIT("일걸요"),       STR_INIT("일겁니다"),     STR_INIT("일것같아요"),   STR_INIT("일듯"),
    STR_INIT("임"),           STR_INIT("임니다"),       STR_INIT("임다"),         STR_INIT("입니다"),
    STR_INIT("있습니다"),     STR_INIT("있어요"),       STR_INIT("자는"),         STR_INIT("자요"),
    STR_INIT("잡니다"),       STR_INIT("전"),           STR_INIT("정도"),         STR_INIT("줄이고"),
    STR_INIT("줄이고싶어요"), STR_INIT("즈음"),         STR_INIT("증량"),         STR_INIT("증량하고"),
    STR_INIT("쯤"),           STR_INIT("찌우고"),       STR_INIT("찌우고싶어요"), STR_INIT("하겠습니다"),
    STR_INIT("하고있어요"),   STR_INIT("하는"),         STR_INIT("하는데"),       STR_INIT("할게요"),
    STR_INIT("할래요"),       STR_INIT("합니다"),       STR_INIT("해"),           STR_INIT("해요"),
    STR_INIT("해줘"),
};

/* Sorted bytewise. */
static const struct str beginnings[] = {
    STR_INIT("about"),  STR_INIT("am"),     STR_INIT("around"),   STR_INIT("i"),      STR_INIT("i'm"),
    STR_INIT("im"),     STR_INIT("거의"),   STR_INIT("글쎄요"),   STR_INIT("나"),     STR_INIT("나는"),
    STR_INIT("나이"),   STR_INIT("나이는"), STR_INIT("난"),       STR_INIT("네"),     STR_INIT("대략"),
    STR_INIT("대충"),   STR_INIT("딱"),     STR_INIT("매일"),     STR_INIT("몸무게"), STR_INIT("몸무게는"),
    STR_INIT("물"),     STR_INIT("물은"),   STR_INIT("보통"),     STR_INIT("신장"),   STR_INIT("신장은"),
    STR_INIT("아"),     STR_INIT("아마"),   STR_INIT("아마도"),   STR_INIT("약"),     STR_INIT("어"),
    STR_INIT("올해"),   STR_INIT("요새"),   STR_INIT("요즘"),     STR_INIT("운동"),   STR_INIT("운동은"),
    STR_INIT("월"),     STR_INIT("음"),     STR_INIT("일주일에"), STR_INIT("저는"),   STR_INIT("전"),
    STR_INIT("제"),     STR_INIT("제가"),   STR_INIT("주"),       STR_INIT("주당"),   STR_INIT("주에"),
    STR_INIT("지금"),   STR_INIT("체중"),   STR_INIT("체중은"),   STR_INIT("총"),     STR_INIT("키"),
    STR_INIT("키는"),   STR_INIT("평균"),   STR_INIT("평소"),     STR_INIT("평소에"), STR_INIT("하루"),
    STR_INIT("하루에"), STR_INIT("한"),     STR_INIT("현재"),
};

/* Sorted bytewise. */
static const struct str hedges[] = {
    STR_INIT("가아니"),   STR_INIT("넘"),     STR_INIT("는아니"), STR_INIT("대예요"), STR_INIT("대요"),
    STR_INIT("대입니다"), STR_INIT("대중"),   STR_INIT("대초"),   STR_INIT("대후"),   STR_INIT("몇"),
    STR_INIT("못돼"),     STR_INIT("못되"),   STR_INIT("미만"),   STR_INIT("보다"),   STR_INIT("사이"),
    STR_INIT("아니"),     STR_INIT("안돼"),   STR_INIT("안되"),   STR_INIT("안됩"),   STR_INIT("에서"),
    STR_INIT("여명"),     STR_INIT("은아니"), STR_INIT("이상"),   STR_INIT("이아니"), STR_INIT("이안돼"),
    STR_INIT("이안되"),   STR_INIT("이하"),   STR_INIT("중반"),   STR_INIT("초과"),   STR_INIT("초반"),
    STR_INIT("후반"),
};

/* Bytes of `s` that `word` takes, the spaces of `s` skipped; 0: it does not match. */
static size_t match(struct str s, struct str word)
{
    size_t i = 0, j = 0;
    while (j < word.n) {
        if (i < s.n && s.p[i] == ' ' && j > 0 && word.p[j] != ' ') {
            i++;
            continue;
        }
        if (i == s.n || s.p[i] != word.p[j])
            return 0;
        i++;
        j++;
    }
    return i;
}

static size_t longest(struct str s, struct lexicon lexicon)
{
    size_t best = 0, from, n = lexicon_range(&lexicon, s, &from);
    for (size_t i = 0; i < n; i++) {
        size_t taken = match(s, lexicon_word(&lexicon, from + i));
        best = taken > best ? taken : best;
    }
    return best;
}

static bool is_jamo(int32_t c)
{
    return c >= 0x3131 && c <= 0x318E;
}

struct str filler_skip_marks(struct str s)
{
    for (struct str rest = s;; s = rest) {
        int32_t c = text_next(&rest);
        if (c < 0 || (!is_jamo(c) && (text_is_letter(c) || text_is_digit(c))))
            return s;
    }
}

size_t filler_ending(struct str s)
{
    return longest(s, LEXICON(endings));
}

bool filler_is_only_endings(struct str s)
{
    for (s = filler_skip_marks(s); s.n > 0; s = filler_skip_marks(s)) {
        size_t n = filler_ending(s);
        if (n == 0)
            return false;
        s = str_skip(s, n);
    }
    return true;
}

size_t filler_beginning(struct str s)
{
    return longest(s, LEXICON(beginnings));
}

size_t filler_hedge(struct str s)
{
    return longest(s, LEXICON(hedges));
}

bool filler_tables_are_sorted(void)
{
    return lexicon_is_sorted(&LEXICON(endings)) && lexicon_is_sorted(&LEXICON(beginnings)) &&
           lexicon_is_sorted(&LEXICON(hedges));
}
