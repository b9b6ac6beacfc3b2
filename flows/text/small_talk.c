#include "flows/text/small_talk.h"

#include "bot/base/arena.h"
#include "bot/base/text.h"

#include "bot/base/banned.h"

/* Phrases by their match key (bot/base/text.h). */
static const struct phrase {
    struct str key;
    enum small_talk means;
} phrases[] = {
    {STR_INIT("안녕"), SMALL_TALK_GREETING},
    {STR_INIT("안녕하세요"), SMALL_TALK_GREETING},
    {STR_INIT("안녕하십니까"), SMALL_TALK_GREETING},
    {STR_INIT("안뇽"), SMALL_TALK_GREETING},
    {STR_INIT("반가워"), SMALL_TALK_GREETING},
    {STR_INIT("반가워요"), SMALL_TALK_GREETING},
    {STR_INIT("반갑습니다"), SMALL_TALK_GREETING},
    {STR_INIT("처음뵙겠습니다"), SMALL_TALK_GREETING},
    {STR_INIT("좋은아침"), SMALL_TALK_GREETING},
    {STR_INIT("좋은아침이에요"), SMALL_TALK_GREETING},
    {STR_INIT("좋은아침입니다"), SMALL_TALK_GREETING},
    {STR_INIT("하이"), SMALL_TALK_GREETING},
    {STR_INIT("헬로"), SMALL_TALK_GREETING},
    {STR_INIT("계세요"), SMALL_TALK_GREETING},
    {STR_INIT("저기요"), SMALL_TALK_GREETING},
    {STR_INIT("hi"), SMALL_TALK_GREETING},
    {STR_INIT("hithere"), SMALL_TALK_GREETING},
    {STR_INIT("hello"), SMALL_TALK_GREETING},
    {STR_INIT("hey"), SMALL_TALK_GREETING},
    {STR_INIT("goodmorning"), SMALL_TALK_GREETING},
    {STR_INIT("goodafternoon"), SMALL_TALK_GREETING},
    {STR_INIT("goodevening"), SMALL_TALK_GREETING},
    {STR_INIT("고마워"), SMALL_TALK_THANKS},
    {STR_INIT("고마워요"), SMALL_TALK_THANKS},
    {STR_INIT("고맙습니다"), SMALL_TALK_THANKS},
    {STR_INIT("감사"), SMALL_TALK_THANKS},
    {STR_INIT("감사해요"), SMALL_TALK_THANKS},
    {STR_INIT("감사합니다"), SMALL_TALK_THANKS},
    {STR_INIT("감사드립니다"), SMALL_TALK_THANKS},
    {STR_INIT("땡큐"), SMALL_TALK_THANKS},
    {STR_INIT("ㄱㅅ"), SMALL_TALK_THANKS},
    {STR_INIT("도움이됐어요"), SMALL_TALK_THANKS},
    {STR_INIT("도움이되었습니다"), SMALL_TALK_THANKS},
    {STR_INIT("thanks"), SMALL_TALK_THANKS},
    {STR_INIT("thankyou"), SMALL_TALK_THANKS},
    {STR_INIT("thankyousomuch"), SMALL_TALK_THANKS},
    {STR_INIT("thankyouverymuch"), SMALL_TALK_THANKS},
    {STR_INIT("manythanks"), SMALL_TALK_THANKS},
    {STR_INIT("잘가"), SMALL_TALK_BYE},
    {STR_INIT("잘있어"), SMALL_TALK_BYE},
    {STR_INIT("안녕히계세요"), SMALL_TALK_BYE},
    {STR_INIT("안녕히가세요"), SMALL_TALK_BYE},
    {STR_INIT("수고하세요"), SMALL_TALK_BYE},
    {STR_INIT("수고하십시오"), SMALL_TALK_BYE},
    {STR_INIT("수고하셨습니다"), SMALL_TALK_BYE},
    {STR_INIT("수고했어요"), SMALL_TALK_BYE},
    {STR_INIT("고생하셨습니다"), SMALL_TALK_BYE},
    {STR_INIT("다음에봐요"), SMALL_TALK_BYE},
    {STR_INIT("내일봐요"), SMALL_TALK_BYE},
    {STR_INIT("좋은하루되세요"), SMALL_TALK_BYE},
    {STR_INIT("좋은하루보내세요"), SMALL_TALK_BYE},
    {STR_INIT("bye"), SMALL_TALK_BYE},
    {STR_INIT("byebye"), SMALL_TALK_BYE},
    {STR_INIT("goodbye"), SMALL_TALK_BYE},
    {STR_INIT("seeyou"), SMALL_TALK_BYE},
    {STR_INIT("goodnight"), SMALL_TALK_BYE},
    {STR_INIT("누구세요"), SMALL_TALK_WHO},
    {STR_INIT("누구야"), SMALL_TALK_WHO},
    {STR_INIT("누구니"), SMALL_TALK_WHO},
    {STR_INIT("넌누구야"), SMALL_TALK_WHO},
    {STR_INIT("너는누구야"), SMALL_TALK_WHO},
    {STR_INIT("너누구야"), SMALL_TALK_WHO},
    {STR_INIT("당신은누구인가요"), SMALL_TALK_WHO},
    {STR_INIT("당신은누구세요"), SMALL_TALK_WHO},
    {STR_INIT("이름이뭐야"), SMALL_TALK_WHO},
    {STR_INIT("이름이뭐예요"), SMALL_TALK_WHO},
    {STR_INIT("이름이무엇인가요"), SMALL_TALK_WHO},
    {STR_INIT("너이름이뭐야"), SMALL_TALK_WHO},
    {STR_INIT("사람이에요"), SMALL_TALK_WHO},
    {STR_INIT("사람인가요"), SMALL_TALK_WHO},
    {STR_INIT("로봇이야"), SMALL_TALK_WHO},
    {STR_INIT("로봇인가요"), SMALL_TALK_WHO},
    {STR_INIT("봇이야"), SMALL_TALK_WHO},
    {STR_INIT("봇인가요"), SMALL_TALK_WHO},
    {STR_INIT("자기소개해줘"), SMALL_TALK_WHO},
    {STR_INIT("whoareyou"), SMALL_TALK_WHO},
    {STR_INIT("whatareyou"), SMALL_TALK_WHO},
    {STR_INIT("whatisyourname"), SMALL_TALK_WHO},
    {STR_INIT("whatsyourname"), SMALL_TALK_WHO},
    {STR_INIT("areyouabot"), SMALL_TALK_WHO},
    {STR_INIT("areyouhuman"), SMALL_TALK_WHO},
    {STR_INIT("뭐할수있어"), SMALL_TALK_ABILITY},
    {STR_INIT("뭐할수있어요"), SMALL_TALK_ABILITY},
    {STR_INIT("뭘할수있어"), SMALL_TALK_ABILITY},
    {STR_INIT("뭘할수있어요"), SMALL_TALK_ABILITY},
    {STR_INIT("뭘할수있나요"), SMALL_TALK_ABILITY},
    {STR_INIT("무엇을할수있어"), SMALL_TALK_ABILITY},
    {STR_INIT("무엇을할수있나요"), SMALL_TALK_ABILITY},
    {STR_INIT("무엇을할수있습니까"), SMALL_TALK_ABILITY},
    {STR_INIT("뭘물어볼수있어"), SMALL_TALK_ABILITY},
    {STR_INIT("뭘물어볼수있나요"), SMALL_TALK_ABILITY},
    {STR_INIT("무엇을물어볼수있나요"), SMALL_TALK_ABILITY},
    {STR_INIT("도와줘"), SMALL_TALK_ABILITY},
    {STR_INIT("도와주세요"), SMALL_TALK_ABILITY},
    {STR_INIT("도움말"), SMALL_TALK_ABILITY},
    {STR_INIT("사용법"), SMALL_TALK_ABILITY},
    {STR_INIT("사용법알려줘"), SMALL_TALK_ABILITY},
    {STR_INIT("어떻게써"), SMALL_TALK_ABILITY},
    {STR_INIT("어떻게쓰나요"), SMALL_TALK_ABILITY},
    {STR_INIT("질문있어요"), SMALL_TALK_ABILITY},
    {STR_INIT("질문있습니다"), SMALL_TALK_ABILITY},
    {STR_INIT("궁금한게있어요"), SMALL_TALK_ABILITY},
    {STR_INIT("물어볼게있어요"), SMALL_TALK_ABILITY},
    {STR_INIT("help"), SMALL_TALK_ABILITY},
    {STR_INIT("helpme"), SMALL_TALK_ABILITY},
    {STR_INIT("whatcanyoudo"), SMALL_TALK_ABILITY},
    {STR_INIT("whatcaniask"), SMALL_TALK_ABILITY},
    {STR_INIT("whatcaniaskyou"), SMALL_TALK_ABILITY},
    {STR_INIT("ihaveaquestion"), SMALL_TALK_ABILITY},
    {STR_INIT("잘지내"), SMALL_TALK_FEELING},
    {STR_INIT("잘지내요"), SMALL_TALK_FEELING},
    {STR_INIT("잘지내세요"), SMALL_TALK_FEELING},
    {STR_INIT("잘지냈어"), SMALL_TALK_FEELING},
    {STR_INIT("잘지냈어요"), SMALL_TALK_FEELING},
    {STR_INIT("기분어때"), SMALL_TALK_FEELING},
    {STR_INIT("기분이어때"), SMALL_TALK_FEELING},
    {STR_INIT("오늘기분어때"), SMALL_TALK_FEELING},
    {STR_INIT("오늘기분이어때요"), SMALL_TALK_FEELING},
    {STR_INIT("밥먹었어"), SMALL_TALK_FEELING},
    {STR_INIT("밥먹었어요"), SMALL_TALK_FEELING},
    {STR_INIT("식사하셨어요"), SMALL_TALK_FEELING},
    {STR_INIT("howareyou"), SMALL_TALK_FEELING},
    {STR_INIT("howareyoudoing"), SMALL_TALK_FEELING},
    {STR_INIT("howsitgoing"), SMALL_TALK_FEELING},
    {STR_INIT("잘했어"), SMALL_TALK_PRAISE},
    {STR_INIT("잘했어요"), SMALL_TALK_PRAISE},
    {STR_INIT("최고"), SMALL_TALK_PRAISE},
    {STR_INIT("최고야"), SMALL_TALK_PRAISE},
    {STR_INIT("최고예요"), SMALL_TALK_PRAISE},
    {STR_INIT("똑똑하네"), SMALL_TALK_PRAISE},
    {STR_INIT("똑똑하네요"), SMALL_TALK_PRAISE},
    {STR_INIT("대단해"), SMALL_TALK_PRAISE},
    {STR_INIT("대단해요"), SMALL_TALK_PRAISE},
    {STR_INIT("대단하네요"), SMALL_TALK_PRAISE},
    {STR_INIT("훌륭해"), SMALL_TALK_PRAISE},
    {STR_INIT("훌륭해요"), SMALL_TALK_PRAISE},
    {STR_INIT("친절하네요"), SMALL_TALK_PRAISE},
    {STR_INIT("goodjob"), SMALL_TALK_PRAISE},
    {STR_INIT("welldone"), SMALL_TALK_PRAISE},
    {STR_INIT("great"), SMALL_TALK_PRAISE},
    {STR_INIT("awesome"), SMALL_TALK_PRAISE},
    {STR_INIT("미안"), SMALL_TALK_SORRY},
    {STR_INIT("미안해"), SMALL_TALK_SORRY},
    {STR_INIT("미안해요"), SMALL_TALK_SORRY},
    {STR_INIT("미안합니다"), SMALL_TALK_SORRY},
    {STR_INIT("죄송해요"), SMALL_TALK_SORRY},
    {STR_INIT("죄송합니다"), SMALL_TALK_SORRY},
    {STR_INIT("sorry"), SMALL_TALK_SORRY},
    {STR_INIT("imsorry"), SMALL_TALK_SORRY},
    {STR_INIT("네"), SMALL_TALK_YES},
    {STR_INIT("넵"), SMALL_TALK_YES},
    {STR_INIT("넹"), SMALL_TALK_YES},
    {STR_INIT("예"), SMALL_TALK_YES},
    {STR_INIT("응"), SMALL_TALK_YES},
    {STR_INIT("ㅇㅇ"), SMALL_TALK_YES},
    {STR_INIT("ㅇㅋ"), SMALL_TALK_YES},
    {STR_INIT("오케이"), SMALL_TALK_YES},
    {STR_INIT("알겠어요"), SMALL_TALK_YES},
    {STR_INIT("알겠습니다"), SMALL_TALK_YES},
    {STR_INIT("알았어"), SMALL_TALK_YES},
    {STR_INIT("알았어요"), SMALL_TALK_YES},
    {STR_INIT("그렇군요"), SMALL_TALK_YES},
    {STR_INIT("그렇구나"), SMALL_TALK_YES},
    {STR_INIT("확인했습니다"), SMALL_TALK_YES},
    {STR_INIT("ok"), SMALL_TALK_YES},
    {STR_INIT("okay"), SMALL_TALK_YES},
    {STR_INIT("gotit"), SMALL_TALK_YES},
    {STR_INIT("isee"), SMALL_TALK_YES},
    /* fillers: mean nothing alone */
    {STR_INIT("길봇"), SMALL_TALK_NONE},
    {STR_INIT("길봇아"), SMALL_TALK_NONE},
    {STR_INIT("길봇님"), SMALL_TALK_NONE},
    {STR_INIT("gilbot"), SMALL_TALK_NONE},
    {STR_INIT("정말"), SMALL_TALK_NONE},
    {STR_INIT("진짜"), SMALL_TALK_NONE},
    {STR_INIT("너무"), SMALL_TALK_NONE},
    {STR_INIT("아주"), SMALL_TALK_NONE},
    {STR_INIT("많이"), SMALL_TALK_NONE},
    {STR_INIT("ㅋ"), SMALL_TALK_NONE},
    {STR_INIT("ㅎ"), SMALL_TALK_NONE},
    {STR_INIT("ㅠ"), SMALL_TALK_NONE},
    {STR_INIT("ㅜ"), SMALL_TALK_NONE},
    {STR_INIT("아"), SMALL_TALK_NONE},
    {STR_INIT("오"), SMALL_TALK_NONE},
    {STR_INIT("와"), SMALL_TALK_NONE},
    {STR_INIT("요"), SMALL_TALK_NONE},
    {STR_INIT("용"), SMALL_TALK_NONE},
    {STR_INIT("there"), SMALL_TALK_NONE},
};

static const struct line {
    const char *name;
    struct str ko, en;
} lines[SMALL_TALKS] = {
    [SMALL_TALK_NONE] = {.name = "none"},
    [SMALL_TALK_GREETING] = {"greeting",
                             STR_INIT("안녕하세요! 회사 문서에서 답을 찾아 드리는 길봇이에요. 무엇이 궁금하세요?"),
                             STR_INIT(
                                 "Hello! I am gilbot, and I look answers up in the company's documents. What would "
                                 "you like to know?")},
    [SMALL_TALK_THANKS] = {"thanks", STR_INIT("도움이 되었다니 기뻐요. 또 궁금한 것이 있으면 언제든 물어봐 주세요."),
                           STR_INIT("You are welcome. Ask me again whenever you like.")},
    [SMALL_TALK_BYE] = {"bye", STR_INIT("네, 좋은 하루 보내세요. 궁금한 것이 생기면 또 찾아 주세요."),
                        STR_INIT("Good-bye, and have a good day. Come back whenever you have a question.")},
    [SMALL_TALK_WHO] = {"who",
                        STR_INIT("저는 사람이 아니라 길봇이라는 프로그램이에요. 회사 문서를 찾아보고, 어느 문서에서 "
                                 "나온 답인지 함께 알려 드려요."),
                        STR_INIT(
                            "I am gilbot, a program and no person. I look things up in the company's documents and "
                            "tell you which document an answer comes from.")},
    [SMALL_TALK_ABILITY] = {"ability",
                            STR_INIT("회사 문서에 있는 내용을 물어보시면 근거와 함께 답해 드려요. 예: “연차는 언제까지 "
                                     "써야 하나요?” 문서에 없으면 없다고 말씀드리고, 담당자에게 이어 드릴 수 있어요."),
                            STR_INIT(
                                "Ask me what the company's documents say, and I answer with the source. When it is "
                                "not in the documents I say so, and can pass you on to a person.")},
    [SMALL_TALK_FEELING] = {"feeling",
                            STR_INIT("물어봐 주셔서 고마워요, 저는 언제나 준비되어 있어요. 무엇을 찾아 드릴까요?"),
                            STR_INIT("Thank you for asking, I am ready as ever. What may I look up for you?")},
    [SMALL_TALK_PRAISE] = {"praise", STR_INIT("칭찬 고맙습니다. 더 정확하게 답할 수 있도록 노력할게요."),
                           STR_INIT("Thank you, that is kind. What else may I look up?")},
    [SMALL_TALK_SORRY] = {"sorry", STR_INIT("괜찮아요. 무엇을 도와드릴까요?"),
                          STR_INIT("No harm done. How may I help?")},
    [SMALL_TALK_YES] = {"yes", STR_INIT("네. 더 궁금한 것이 있으면 말씀해 주세요."),
                        STR_INIT("Good. Is there anything else you would like to know?")},
};

const char *small_talk_name(enum small_talk small_talk)
{
    return lines[small_talk].name;
}

struct str small_talk_line(enum small_talk small_talk, struct str language)
{
    return str_eq(language, STR("ko")) ? lines[small_talk].ko : lines[small_talk].en;
}

/* The longest phrase that `key` begins with; NULL: none. */
static const struct phrase *longest_at(struct str key)
{
    const struct phrase *best = NULL;
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (str_starts(key, phrases[i].key) && (best == NULL || phrases[i].key.n > best->key.n))
            best = &phrases[i];
    return best;
}

/* Takes a sign that is neither letter nor digit (~, an emoji) off *key. */
static bool skip_sign(struct str *key)
{
    struct str rest = *key;
    int32_t c = text_next(&rest);
    if (text_is_letter(c) || text_is_digit(c))
        return false;
    *key = rest;
    return true;
}

enum err small_talk_find(struct arena *arena, struct str text, enum small_talk *ret_small_talk)
{
    struct str key = {0};
    enum err rc = text_match_key(arena, text, &key);
    if (rc != OK)
        return rc;
    enum small_talk found = SMALL_TALK_NONE;
    while (key.n > 0) {
        const struct phrase *phrase = longest_at(key);
        if (phrase == NULL && skip_sign(&key))
            continue;
        if (phrase == NULL) {
            *ret_small_talk = SMALL_TALK_NONE;
            return OK;
        }
        /* what comes after a greeting or a yes is what was meant: "네 감사합니다", "안녕하세요 누구세요?" */
        bool weak = found == SMALL_TALK_NONE || found == SMALL_TALK_YES || found == SMALL_TALK_GREETING;
        if (phrase->means != SMALL_TALK_NONE && weak)
            found = phrase->means;
        key = str_skip(key, phrase->key.n);
    }
    *ret_small_talk = found;
    return OK;
}
