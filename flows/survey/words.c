#include "flows/survey/words.h"

#include "bot/base/arena.h"
#include "bot/base/attributes.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

static const char *const names[WORDS] = {
    [WORD_RESTART] = "restart", [WORD_BACK] = "back", [WORD_STOP] = "stop",
    [WORD_HELP] = "help",       [WORD_SKIP] = "skip", [WORD_REPEAT] = "repeat",
};

/* The first of a word's entries is the one shown to people.  `key` is `said` as text_match_key gives it. */
static const struct entry {
    enum word word;
    struct str said, key;
} korean[] =
    {
        {WORD_RESTART, STR_INIT("처음부터"), STR_INIT("처음부터")},
        {WORD_RESTART, STR_INIT("다시"), STR_INIT("다시")},
        {WORD_RESTART, STR_INIT("다시 시작"), STR_INIT("다시시작")},
        {WORD_RESTART, STR_INIT("처음부터 다시"), STR_INIT("처음부터다시")},
        {WORD_RESTART, STR_INIT("처음부터 할게요"), STR_INIT("처음부터할게요")},
        {WORD_RESTART, STR_INIT("다시 할게요"), STR_INIT("다시할게요")},
        {WORD_RESTART, STR_INIT("다시 할래요"), STR_INIT("다시할래요")},
        {WORD_RESTART, STR_INIT("처음으로"), STR_INIT("처음으로")},
        {WORD_BACK, STR_INIT("이전"), STR_INIT("이전")},
        {WORD_BACK, STR_INIT("뒤로"), STR_INIT("뒤로")},
        {WORD_BACK, STR_INIT("이전으로"), STR_INIT("이전으로")},
        {WORD_BACK, STR_INIT("뒤로 가기"), STR_INIT("뒤로가기")},
        {WORD_BACK, STR_INIT("이전 질문"), STR_INIT("이전질문")},
        {WORD_BACK, STR_INIT("이전 질문으로"), STR_INIT("이전질문으로")},
        {WORD_BACK, STR_INIT("전으로"), STR_INIT("전으로")},
        {WORD_STOP, STR_INIT("그만"), STR_INIT("그만")},
        {WORD_STOP, STR_INIT("취소"), STR_INIT("취소")},
        {WORD_STOP, STR_INIT("그만할래요"), STR_INIT("그만할래요")},
        {WORD_STOP, STR_INIT("그만둘래요"), STR_INIT("그만둘래요")},
        {WORD_STOP, STR_INIT("그만할게요"), STR_INIT("그만할게요")},
        {WORD_STOP, STR_INIT("그만하고 싶어요"), STR_INIT("그만하고싶어요")},
        {WORD_STOP, STR_INIT("그만하기"), STR_INIT("그만하기")},
        {WORD_STOP, STR_INIT("중단"), STR_INIT("중단")},
        {WORD_STOP, STR_INIT("종료"), STR_INIT("종료")},
        {WORD_STOP, STR_INIT("나가기"), STR_INIT("나가기")},
        {WORD_HELP, STR_INIT("도움말"), STR_INIT("도움말")},
        {WORD_HELP, STR_INIT("도움"), STR_INIT("도움")},
        {WORD_HELP, STR_INIT("도와줘"), STR_INIT("도와줘")},
        {WORD_HELP, STR_INIT("도와주세요"), STR_INIT("도와주세요")},
        {WORD_HELP, STR_INIT("사용법"), STR_INIT("사용법")},
        {WORD_SKIP, STR_INIT("건너뛰기"), STR_INIT("건너뛰기")},
        {WORD_SKIP, STR_INIT("패스"), STR_INIT("패스")},
        {WORD_SKIP, STR_INIT("스킵"), STR_INIT("스킵")},
        {WORD_SKIP, STR_INIT("건너뛸게요"), STR_INIT("건너뛸게요")},
        {WORD_SKIP, STR_INIT("건너뛸래요"), STR_INIT("건너뛸래요")},
        {WORD_SKIP, STR_INIT("넘어가기"), STR_INIT("넘어가기")},
        {WORD_SKIP, STR_INIT("넘어갈게요"), STR_INIT("넘어갈게요")},
        {WORD_SKIP, STR_INIT("패스할게요"), STR_INIT("패스할게요")},
        {WORD_REPEAT, STR_INIT("다시 보기"), STR_INIT("다시보기")},
        {WORD_REPEAT, STR_INIT("다시 보여줘"), STR_INIT("다시보여줘")},
        {WORD_REPEAT, STR_INIT("다시 보여 주세요"), STR_INIT("다시보여주세요")},
        {WORD_REPEAT, STR_INIT("다시 말해 주세요"), STR_INIT("다시말해주세요")},
        {WORD_REPEAT, STR_INIT("질문 다시"), STR_INIT("질문다시")},
        {WORD_REPEAT, STR_INIT("뭐라고요"), STR_INIT("뭐라고요")},
},
  english[] = {
      {WORD_RESTART, STR_INIT("restart"), STR_INIT("restart")},
      {WORD_RESTART, STR_INIT("start over"), STR_INIT("startover")},
      {WORD_RESTART, STR_INIT("start again"), STR_INIT("startagain")},
      {WORD_RESTART, STR_INIT("begin again"), STR_INIT("beginagain")},
      {WORD_BACK, STR_INIT("back"), STR_INIT("back")},
      {WORD_BACK, STR_INIT("go back"), STR_INIT("goback")},
      {WORD_BACK, STR_INIT("previous"), STR_INIT("previous")},
      {WORD_BACK, STR_INIT("previous question"), STR_INIT("previousquestion")},
      {WORD_BACK, STR_INIT("undo"), STR_INIT("undo")},
      {WORD_STOP, STR_INIT("stop"), STR_INIT("stop")},
      {WORD_STOP, STR_INIT("cancel"), STR_INIT("cancel")},
      {WORD_STOP, STR_INIT("quit"), STR_INIT("quit")},
      {WORD_STOP, STR_INIT("exit"), STR_INIT("exit")},
      {WORD_HELP, STR_INIT("help"), STR_INIT("help")},
      {WORD_HELP, STR_INIT("help me"), STR_INIT("helpme")},
      {WORD_SKIP, STR_INIT("skip"), STR_INIT("skip")},
      {WORD_SKIP, STR_INIT("pass"), STR_INIT("pass")},
      {WORD_SKIP, STR_INIT("skip it"), STR_INIT("skipit")},
      {WORD_SKIP, STR_INIT("skip this"), STR_INIT("skipthis")},
      {WORD_REPEAT, STR_INIT("repeat"), STR_INIT("repeat")},
      {WORD_REPEAT, STR_INIT("show again"), STR_INIT("showagain")},
      {WORD_REPEAT, STR_INIT("say again"), STR_INIT("sayagain")},
      {WORD_REPEAT, STR_INIT("say that again"), STR_INIT("saythatagain")},
      {WORD_REPEAT, STR_INIT("pardon"), STR_INIT("pardon")},
};

struct entries {
    const struct entry *items;
    size_t n;
};

static struct entries defaults_of(struct str locale)
{
    if (str_starts(locale, STR("ko")))
        return (struct entries){korean, COUNT_OF(korean)};
    return (struct entries){english, COUNT_OF(english)};
}

const char *word_name(enum word word)
{
    return names[word];
}

bool word_from_name(struct str name, enum word *ret_word)
{
    for (int word = 0; word < WORDS; word++)
        if (str_eq(name, str_of(names[word]))) {
            *ret_word = (enum word)word;
            return true;
        }
    return false;
}

enum err words_replace(struct words *words, enum word word, struct strs said, struct arena *arena)
{
    struct str *keys = arena_alloc_array(arena, said.n, sizeof *keys);
    if (keys == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < said.n; i++) {
        enum err rc = text_match_key(arena, said.items[i], &keys[i]);
        if (rc != OK)
            return rc;
        if (keys[i].n == 0)
            return ERR_INVALID;
    }
    words->said[word] = said;
    words->keys[word] = (struct strs){keys, said.n};
    return OK;
}

static bool is_replaced(const struct words *words, enum word word)
{
    return words != NULL && words->keys[word].n > 0;
}

bool words_find(const struct words *words, struct str locale, struct str key, enum word *ret_word)
{
    for (int word = 0; words != NULL && word < WORDS; word++)
        if (strs_contain(words->keys[word], key)) {
            *ret_word = (enum word)word;
            return true;
        }
    struct entries defaults = defaults_of(locale);
    for (size_t i = 0; i < defaults.n; i++)
        if (str_eq(defaults.items[i].key, key) && !is_replaced(words, defaults.items[i].word)) {
            *ret_word = defaults.items[i].word;
            return true;
        }
    return false;
}

struct str words_first(const struct words *words, struct str locale, enum word word)
{
    if (is_replaced(words, word))
        return words->said[word].items[0];
    struct entries defaults = defaults_of(locale);
    size_t i = 0;
    while (defaults.items[i].word != word) /* every word has an entry in every locale */
        i++;
    return defaults.items[i].said;
}
