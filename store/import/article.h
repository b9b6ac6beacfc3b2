/* store/import/article.h — the heads of Korean rules: "제2장 휴가", "제15조(연차 유급휴가)".
 *
 * Thread: any (pure).                                                                                                */
#ifndef GILBOT_IMPORT_ARTICLE_H
#define GILBOT_IMPORT_ARTICLE_H

#include "bot/base/str.h"

/* 1 편, 2 장, 3 절, 4 조 when the whole line is such a head, else 0: after "제15조의2" only a title in brackets may follow,
 * else the line is the article's text. */
int article_level(struct str line);

#endif
