#include "store/index/question_words.h"

#include <stddef.h>

#include "bot/base/attributes.h"

#include "bot/base/banned.h"

static const struct str beginnings[] = {
    /* who, what, when, where, which, how, how much, why */
    STR_INIT("무엇"),
    STR_INIT("무어"),
    STR_INIT("무슨"),
    STR_INIT("뭐"),
    STR_INIT("뭔"),
    STR_INIT("뭘"),
    STR_INIT("누구"),
    STR_INIT("누가"),
    STR_INIT("언제"),
    STR_INIT("어디"),
    STR_INIT("어느"),
    STR_INIT("어떤"),
    STR_INIT("어떻"),
    STR_INIT("어떠"),
    STR_INIT("어찌"),
    STR_INIT("얼마"),
    STR_INIT("얼만"),
    STR_INIT("왜"),
    STR_INIT("며칠"),
    /* is it, is there, does it, may one */
    STR_INIT("인가"),
    STR_INIT("인지"),
    STR_INIT("일까"),
    STR_INIT("있나"),
    STR_INIT("있는지"),
    STR_INIT("있는가"),
    STR_INIT("있습"),
    STR_INIT("있을까"),
    STR_INIT("있어요"),
    STR_INIT("있죠"),
    STR_INIT("되나"),
    STR_INIT("되는지"),
    STR_INIT("되는가"),
    STR_INIT("될까"),
    STR_INIT("됩니"),
    STR_INIT("되었나"),
    STR_INIT("됐나"),
    STR_INIT("하나요"),
    STR_INIT("하는지"),
    STR_INIT("하는가"),
    STR_INIT("합니까"),
    STR_INIT("할까"),
    STR_INIT("했나"),
    STR_INIT("했는지"),
    STR_INIT("해야"),
    STR_INIT("하려면"),
    STR_INIT("하였는"),
    STR_INIT("하였나"),
    STR_INIT("나요"),
    /* tell me, I wonder, I would like to */
    STR_INIT("알려"),
    STR_INIT("알고"),
    STR_INIT("알수"),
    STR_INIT("궁금"),
    STR_INIT("싶어"),
    STR_INIT("싶은"),
    STR_INIT("싶습"),
    STR_INIT("가르쳐"),
    STR_INIT("주세요"),
    STR_INIT("주실"),
    STR_INIT("설명해"),
    STR_INIT("설명하"),
    STR_INIT("말해"),
    STR_INIT("말하"),
    STR_INIT("부탁"),
    STR_INIT("대해"),
    STR_INIT("대한"),
    STR_INIT("관해"),
    STR_INIT("관하"),
    STR_INIT("좋을까"),
    STR_INIT("좋나"),
    STR_INIT("해주"),
    STR_INIT("줄래"),
    /* what people say when they write as they speak: may one, does one get, what if */
    STR_INIT("돼"),
    STR_INIT("되요"),
    STR_INIT("되죠"),
    STR_INIT("될지"),
    STR_INIT("해요"),
    STR_INIT("하죠"),
    STR_INIT("해도"),
    STR_INIT("했는데"),
    STR_INIT("하는데"),
    STR_INIT("줘요"),
    STR_INIT("주나"),
    STR_INIT("주는지"),
    STR_INIT("나와요"),
    STR_INIT("나오나"),
    STR_INIT("받나"),
    STR_INIT("받아요"),
    STR_INIT("어떡"),
    STR_INIT("어쩌"),
    STR_INIT("없나"),
    STR_INIT("없어요"),
    STR_INIT("없을까"),
    STR_INIT("싶은데"),
    STR_INIT("인데"),
    STR_INIT("건가"),
    STR_INIT("거예"),
    STR_INIT("거죠"),
    STR_INIT("되세요"),
    STR_INIT("이에요"),
    STR_INIT("예요"),
};

static const struct str wholes[] = {
    STR_INIT("몇"),   STR_INIT("수"),   STR_INIT("것"),   STR_INIT("게"),   STR_INIT("건"),     STR_INIT("거"),
    STR_INIT("등"),   STR_INIT("때"),   STR_INIT("및"),   STR_INIT("그"),   STR_INIT("이"),     STR_INIT("저"),
    STR_INIT("중"),   STR_INIT("좀"),   STR_INIT("제"),   STR_INIT("내"),   STR_INIT("나"),     STR_INIT("난"),
    STR_INIT("더"),   STR_INIT("할"),   STR_INIT("한"),   STR_INIT("된"),   STR_INIT("될"),     STR_INIT("줘"),
    STR_INIT("줄"),   STR_INIT("지"),   STR_INIT("안"),   STR_INIT("것은"), STR_INIT("것이"),   STR_INIT("것을"),
    STR_INIT("것"),   STR_INIT("수가"), STR_INIT("때는"), STR_INIT("때에"), STR_INIT("그럼"),   STR_INIT("혹시"),
    STR_INIT("위해"), STR_INIT("위한"), STR_INIT("경우"), STR_INIT("또는"), STR_INIT("그리고"), STR_INIT("하는"),
    STR_INIT("있는"), STR_INIT("되는"), STR_INIT("한다"), STR_INIT("하면"), STR_INIT("되면"),   STR_INIT("있을"),
    STR_INIT("받을"), STR_INIT("저도"), STR_INIT("제가"), STR_INIT("저는"), STR_INIT("저희"),   STR_INIT("우리"),
    STR_INIT("근데"), STR_INIT("그냥"), STR_INIT("하고"), STR_INIT("가면"), STR_INIT("가도"),   STR_INIT("써도"),
    STR_INIT("내야"), STR_INIT("써야"), STR_INIT("쓸"),   STR_INIT("곳이"), STR_INIT("번"),
};

bool question_word_asks_only(const struct word *word)
{
    if (word->kind != WORD_HANGUL)
        return false;
    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (str_starts(word->run, beginnings[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(wholes); i++)
        if (str_eq(word->run, wholes[i]))
            return true;
    return false;
}
