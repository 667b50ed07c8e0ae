// The entry of libFuzzer. HANOK_FUZZ_TARGET is one of targets.h.

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    hanok::fuzz::HANOK_FUZZ_TARGET(data, size);
    return 0;
}
