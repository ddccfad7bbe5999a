// The parts of PCRE2 that are used, of its library for bytes, as functions: its own names are macros that choose one.

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

typedef struct pattern_budget {
    // How many steps a match may still take.
    unsigned long left;
    // Whether one item may walk far and fail, of which no callout tells the way.
    int walks;
    // Where the last callout was.
    size_t last;
} pattern_budget;

// Called before each item of a pattern that is tried: what ends a match that takes too long, in as many steps on any
// machine. An item that is repeated walks the text by itself, so the way since the last call counts as well.
static inline int pattern_step(pcre2_callout_block *block, void *data) {
    pattern_budget *budget = (pattern_budget *)data;
    size_t at = block->current_position;
    unsigned long cost = 1 + (at > budget->last ? at - budget->last : budget->last - at) / 16;
    if (budget->walks) cost += (block->subject_length - at) / 32;
    budget->last = at;
    if (budget->left < cost) {
        budget->left = 0;
        return PCRE2_ERROR_CALLOUT;
    }
    budget->left -= cost;
    return 0;
}

static inline pcre2_compile_context *pattern_context(unsigned int nesting) {
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context) pcre2_set_parens_nest_limit(context, nesting);
    return context;
}

static inline pcre2_code *pattern_compile(
    const unsigned char *text, size_t length, pcre2_compile_context *context, int *error, size_t *place
) {
    return pcre2_compile(
        text, length, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT, error, place, context
    );
}

static inline void pattern_context_free(pcre2_compile_context *context) { pcre2_compile_context_free(context); }

static inline void pattern_free(pcre2_code *code) { pcre2_code_free(code); }

static inline size_t pattern_size(const pcre2_code *code) {
    size_t size = 0;
    return pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size) == 0 ? size : 0;
}

static inline int pattern_message(int error, unsigned char *buffer, size_t size) {
    return pcre2_get_error_message(error, buffer, size);
}

// 1 if the text has what the pattern means, 0 if not, -1 if a limit ended the search, -2 for want of memory.
static inline int pattern_search(
    const pcre2_code *code, const unsigned char *text, size_t length, pattern_budget *budget, unsigned int calls,
    unsigned int heap
) {
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int result = -2;
    budget->last = 0;
    if (context && data) {
        pcre2_set_match_limit(context, calls);
        pcre2_set_depth_limit(context, calls);
        pcre2_set_heap_limit(context, heap);
        pcre2_set_callout(context, pattern_step, budget);
        int code_of_end = pcre2_match(code, text, length, 0, PCRE2_NO_UTF_CHECK, data, context);
        result = code_of_end >= 0 ? 1 : code_of_end == PCRE2_ERROR_NOMATCH ? 0 : -1;
    }
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return result;
}
