/* bot/base/banned.h — calls that are never right here, turned into compile errors.
 *
 * Included last in every .c file (after system headers, which may mention these names).
 * Instead of strcpy/strcat/sprintf use buf; instead of strtok use str_split; instead of atoi use str_to_i64;
 * instead of gmtime/localtime use clock_utc.                                                                  */
#ifndef GILBOT_BASE_BANNED_H
#define GILBOT_BASE_BANNED_H

#undef alloca
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gmtime localtime gets alloca

#endif
