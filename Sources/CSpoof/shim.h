// The parts of ICU's uspoof.h (Unicode TR39) that are used, as functions: ICU's own names are macros. It is the ICU that comes
// with the toolchain for Foundation.

#include <_foundation_unicode/uspoof.h>

static inline USpoofChecker *spoof_open(UErrorCode *status) { return uspoof_open(status); }

static inline void spoof_restrict(USpoofChecker *checker, UErrorCode *status) {
    uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL | USPOOF_INVISIBLE, status);
}

static inline int32_t spoof_check(const USpoofChecker *checker, const char *text, int32_t length, UErrorCode *status) {
    return uspoof_check2UTF8(checker, text, length, NULL, status);
}

static inline int32_t spoof_skeleton(
    const USpoofChecker *checker, const char *text, int32_t length, char *skeleton, int32_t capacity, UErrorCode *status
) {
    return uspoof_getSkeletonUTF8(checker, 0, text, length, skeleton, capacity, status);
}
