#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <string_view>

namespace hanok::base {

/// Where random bits come from; handed to everything that makes ids. May be called from several
/// threads.
class RandomSource {
public:
    virtual ~RandomSource() = default;
    virtual uint64_t next_u64() = 0;
};

/// Bits from the operating system, fit for tokens and ids.
class SystemRandom final : public RandomSource {
public:
    uint64_t next_u64() override;

    /// The one for code at the edge of the process; it lives forever.
    static SystemRandom& instance();
};

/// The same sequence for the same seed; for tests.
class SeededRandom final : public RandomSource {
public:
    explicit SeededRandom(uint64_t seed) : engine_(seed) {}
    uint64_t next_u64() override;

private:
    std::mutex mutex_;  // guards engine_
    std::mt19937_64 engine_;
};

/// A random (version 4) UUID as 36 lower-case characters, e.g.
/// "3f2b8e0a-91c4-4d57-8a6e-0b1c2d3e4f50".
std::string new_uuid(RandomSource& random);

/// True for 8-4-4-4-12 hexadecimal digits, in either case, of any version.
bool is_uuid(std::string_view text);

}  // namespace hanok::base
