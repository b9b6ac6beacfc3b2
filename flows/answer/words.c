#include "flows/answer/words.h"

#include "bot/base/banned.h"

struct str say(enum say what, struct str language)
{
    static const struct {
        struct str ko, en;
    } words[SAYS] = {
        [SAY_REFUSED] = {STR_INIT("그런 표현이 들어 있는 질문에는 답해 드릴 수 없어요. 다른 말로 다시 물어봐 주세요."),
                         STR_INIT("I cannot answer a question with such words in it. Please ask it another way.")},
        [SAY_GENERAL] = {STR_INIT("저는 회사 문서에서 답을 찾는 길봇이라 그 질문에는 답해 드리기 어려워요. 휴가나 "
                                  "출장처럼 회사 일에 관해 물어봐 주세요."),
                         STR_INIT(
                             "I only look things up in the company's documents, so I cannot help with that. Ask me "
                             "about the company, for example about vacation or travel.")},
        [SAY_NOT_FOUND] = {STR_INIT("문서에 없습니다. 제가 가진 문서에서는 그 답을 찾지 못했어요."),
                           STR_INIT("It is not in the documents: I found no answer to that in what I have.")},
        [SAY_NEAREST] = {STR_INIT("가장 가까운 내용은 이것이에요."), STR_INIT("This is what comes nearest.")},
        [SAY_NO_DOCUMENTS] =
            {STR_INIT("아직 제가 읽은 문서가 없어요. 관리자에게 `gilbot ingest`로 문서를 넣어 달라고 해 주세요."),
             STR_INIT("I have no documents yet. Please ask the operator to add some with `gilbot "
                      "ingest`.")},
        [SAY_TOO_LONG] = {STR_INIT("질문이 너무 길어요. 두세 문장으로 줄여서 다시 물어봐 주세요."),
                          STR_INIT("That is too long for a question. Please ask again in two or three sentences.")},
        [SAY_FOUND] = {STR_INIT("문서에 이렇게 적혀 있어요."), STR_INIT("This is what the documents say.")},
        [SAY_SOURCES] = {STR_INIT("출처"), STR_INIT("Source")},
        [SAY_OFFER] = {STR_INIT("담당자에게 물어볼까요?"), STR_INIT("Shall I ask a person?")},
        [SAY_OFFER_TYPED] = {STR_INIT("“담당자”라고 쓰시면 담당자에게 이어 드려요."),
                             STR_INIT("Write “person” and I pass you on to one.")},
        [SAY_PERSON] = {STR_INIT("담당자에게 묻기"), STR_INIT("Ask a person")},
        [SAY_HANDED_OVER] = {STR_INIT("담당자에게 전했어요. 확인하는 대로 답해 드릴 거예요."),
                             STR_INIT("I have told a person, who will get back to you.")},
        [SAY_UP] = {STR_INIT("👍 도움이 됐어요"), STR_INIT("👍 Helpful")},
        [SAY_DOWN] = {STR_INIT("👎 아쉬워요"), STR_INIT("👎 Not helpful")},
        [SAY_UP_THANKS] = {STR_INIT("알려 주셔서 고마워요."), STR_INIT("Thank you for telling me.")},
        [SAY_WHY] = {STR_INIT("어떤 점이 아쉬웠나요?"), STR_INIT("What was wrong with it?")},
        [SAY_WHY_WRONG] = {STR_INIT("내용이 틀려요"), STR_INIT("It is wrong")},
        [SAY_WHY_MISSING] = {STR_INIT("찾는 내용이 없어요"), STR_INIT("It misses what I asked")},
        [SAY_WHY_UNCLEAR] = {STR_INIT("이해하기 어려워요"), STR_INIT("It is hard to follow")},
        [SAY_WHY_OTHER] = {STR_INIT("직접 쓸게요"), STR_INIT("I will write it")},
        [SAY_WHY_WRITE] = {STR_INIT("한두 문장으로 적어 주세요."), STR_INIT("Please write a sentence or two.")},
        [SAY_WHY_THANKS] = {STR_INIT("의견 고맙습니다. 더 나은 답을 위해 살펴볼게요."),
                            STR_INIT("Thank you, we will look into it.")},
    };
    return str_eq(language, STR("ko")) ? words[what].ko : words[what].en;
}
