/* flows/rules/limits.h — every bound of the expression language, in one place.
 *
 * Expressions come from people's files and, through `gilbot feel`, from anywhere: nothing they say may take unbounded
 * time, stack or memory.  Memory is bounded by the caller's arena; the rest is here.                               */
#ifndef GILBOT_FLOWS_RULES_LIMITS_H
#define GILBOT_FLOWS_RULES_LIMITS_H

enum {
    FEEL_MAX_SOURCE = 64 * 1024,      /* bytes of one expression                                            */
    FEEL_MAX_NESTING = 120,           /* brackets, ifs, … inside each other, while parsing                   */
    FEEL_MAX_HEIGHT = 1000,           /* height of the tree: 1 + 1 + 1 … grows it too                        */
    FEEL_MAX_DEPTH = 1500,            /* nodes under evaluation at once, calls of own functions included     */
    FEEL_HOST_DEPTH = 10,             /* what a call of a function of the host counts as, of FEEL_MAX_DEPTH  */
    FEEL_MAX_STEPS = 2 * 1000 * 1000, /* nodes evaluated and elements visited in one evaluation            */
    FEEL_MAX_LIST = 100 * 1000,       /* elements of one list                                                */
    FEEL_MAX_STRING = 1024 * 1024,    /* bytes of one string made by an expression                           */
    FEEL_MAX_PATTERNS = 16,           /* regular expressions that are no literals, kept in one evaluation    */
    FEEL_MAX_REASONS = 8,             /* reasons kept of one evaluation                                      */
    FEEL_MAX_NAMES = 2000,            /* local names in scope at one place */
    FEEL_MAX_PARAMETERS = 64,         /* of a function, or variables of a loop */
    DECIMAL_MAX_TEXT = 1024,          /* bytes of a number's text; 34 digits count, more are rounded          */
    VALUE_MAX_DEPTH = 64,             /* lists and contexts inside each other, when compared or written      */
    VALUE_MAX_VISITS = 200 * 1000,    /* elements visited by one comparison                                  */
    VALUE_MAX_TEXT = 1024 * 1024,     /* bytes of one value as text or JSON                                */
    TABLE_MAX_COLUMNS = 64,           /* inputs, and outputs, of a table                                     */
    TABLE_MAX_RULES = 10 * 1000,
    DMN_MAX_BYTES = 8 * 1024 * 1024,  /* of one DMN file                                                     */
    DMN_MAX_ELEMENTS = 300 * 1000,    /* XML elements in it, those of diagrams included                      */
    DMN_MAX_DEPTH = 200,              /* XML elements inside each other                                      */
    DMN_MAX_FILES = 32,               /* a model and all that it imports                                     */
    DMN_MAX_NAMES = 500,              /* names that one expression of a model may see                        */
    DMN_MAX_WORK = 400 * 1000 * 1000, /* bytes of a model's expressions, each times the names it may see */
    DMN_MAX_TRAIL = 256,              /* tables whose rules are kept of one evaluation                       */
};

#endif
