// The part of ICU's uidna.h (Unicode TS46) that is used, as a function: ICU's own names are macros. It is the ICU that comes with
// the toolchain for Foundation.

#include <_foundation_unicode/uidna.h>

// The length of the name in A-labels; 0 if it has none, or if they need more than the capacity.
static inline int32_t idna_to_ascii(const char *name, int32_t length, char *result, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    UIDNA *idna = uidna_openUTS46(
        UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &status
    );
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    int32_t count = uidna_nameToASCII_UTF8(idna, name, length, result, capacity, &info, &status);
    uidna_close(idna);
    return U_SUCCESS(status) && info.errors == 0 && count <= capacity ? count : 0;
}
