#pragma once
// Remainders by one divisor for many numbers, by a multiplication instead of a division (Granlund
// and Montgomery, "Division by invariant integers using multiplication", figure 5.2).

#include <bit>
#include <cstdint>

namespace hanok::engine {

class ConstantDivisor {
public:
    explicit ConstantDivisor(int64_t divisor)  // >= 1
        : divisor_(divisor) {
        auto unsigned_divisor = static_cast<uint64_t>(divisor);
        int width = divisor == 1 ? 1 : std::bit_width(unsigned_divisor - 1);
        shift_ = width - 1;
        auto dividend = static_cast<unsigned __int128>(1) << (64 + shift_);
        factor_ = static_cast<int64_t>(static_cast<uint64_t>(dividend / unsigned_divisor) + 1);
    }

    // Has the sign of `number`, as C++'s %.
    int64_t remainder(int64_t number) const {
        auto high = static_cast<int64_t>((static_cast<__int128>(factor_) * number) >> 64);
        auto sum = static_cast<int64_t>(
            static_cast<uint64_t>(number) + static_cast<uint64_t>(high));
        int64_t quotient = (sum >> shift_) - (number >> 63);
        return number - quotient * divisor_;
    }

private:
    int64_t divisor_;
    int64_t factor_;  // 2^(64 + shift) / divisor + 1 - 2^64
    int shift_;
};

}  // namespace hanok::engine
