/* bot/base/attributes.h — the four GNU attributes this project uses, under names that say what they are for. */
#ifndef GILBOT_BASE_ATTRIBUTES_H
#define GILBOT_BASE_ATTRIBUTES_H

#define CLEANUP(fn) __attribute__((cleanup(fn)))           /* fn(&variable) runs when the variable's scope ends */
#define MUST_USE __attribute__((warn_unused_result))       /* ignoring the result is a compile error            */
#define PRINTF(f, a) __attribute__((format(printf, f, a))) /* argument f is a printf format for a onwards      */
#define NONNULL __attribute__((nonnull))                   /* no pointer argument may be NULL                   */

/* The struct that embeds `member`, from a pointer to that member. */
#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* Number of elements of a real array (not of a pointer). */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
