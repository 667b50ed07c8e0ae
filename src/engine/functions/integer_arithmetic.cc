// + - * / % div pmod over integers and doubles, with Spark's errors. The last argument is the mode:
// 0 raises, 1 gives NULL, 2 wraps around (legacy mode; division by zero gives NULL there).

#include <cmath>
#include <limits>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/constant_divisor.h"
#include "engine/functions/groups.h"

namespace hanok::engine {

namespace {

constexpr int8_t kRaise = 0;
constexpr int8_t kNull = 1;

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::Vector;

template <class T>
const char* overflow_name() {
    return sizeof(T) == 8 ? "long overflow" : "integer overflow";
}

template <class T>
[[noreturn]] void overflow(T a, const char* symbol, T b, const char* alternative) {
    if constexpr (sizeof(T) == 1) raise_small_overflow(a, symbol, b, "S", alternative);
    if constexpr (sizeof(T) == 2) raise_small_overflow(a, symbol, b, "S", alternative);
    raise_overflow(overflow_name<T>(), alternative);
}

struct Add {
    static constexpr const char* kSymbol = "+";
    static constexpr const char* kTry = "try_add";
    template <class T>
    static bool apply(T a, T b, T* out) {
        return __builtin_add_overflow(a, b, out);
    }
};
struct Subtract {
    static constexpr const char* kSymbol = "-";
    static constexpr const char* kTry = "try_subtract";
    template <class T>
    static bool apply(T a, T b, T* out) {
        return __builtin_sub_overflow(a, b, out);
    }
};
struct Multiply {
    static constexpr const char* kSymbol = "*";
    static constexpr const char* kTry = "try_multiply";
    template <class T>
    static bool apply(T a, T b, T* out) {
        return __builtin_mul_overflow(a, b, out);
    }
};

int8_t mode_argument(DataChunk& args, size_t index) {
    return duckdb::ConstantVector::GetData<int8_t>(args.data[index])[0];
}

template <class T, class Op>
void checked(DataChunk& args, ExpressionState&, Vector& result) {
    auto mode = mode_argument(args, 2);
    if (mode == kNull) {
        duckdb::BinaryExecutor::ExecuteWithNulls<T, T, T>(args.data[0], args.data[1], result,
            args.size(), [](T a, T b, duckdb::ValidityMask& validity, duckdb::idx_t row) {
                T out;
                if (Op::apply(a, b, &out)) validity.SetInvalid(row);
                return out;
            });
    } else if (mode == kRaise) {
        duckdb::BinaryExecutor::Execute<T, T, T>(
            args.data[0], args.data[1], result, args.size(), [](T a, T b) {
                T out;
                if (Op::apply(a, b, &out)) overflow<T>(a, Op::kSymbol, b, Op::kTry);
                return out;
            });
    } else {
        duckdb::BinaryExecutor::Execute<T, T, T>(
            args.data[0], args.data[1], result, args.size(), [](T a, T b) {
                T out;
                Op::apply(a, b, &out);
                return out;
            });
    }
}

template <class T>
duckdb::LogicalType logical() {
    return Slot<T>::type();
}

template <class T, class Op>
void add_checked(KernelSet& kernels, const std::string& name) {
    duckdb::ScalarFunction f(name, {logical<T>(), logical<T>(), duckdb::LogicalType::TINYINT},
        logical<T>(), checked<T, Op>);
    f.SetFallible();
    kernels.add(f);
}

template <class Op>
void add_all_widths(KernelSet& kernels, const std::string& name) {
    add_checked<int8_t, Op>(kernels, name);
    add_checked<int16_t, Op>(kernels, name);
    add_checked<int32_t, Op>(kernels, name);
    add_checked<int64_t, Op>(kernels, name);
}

template <class T>
T remainder_of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
        return std::fmod(a, b);
    } else {
        return b == -1 ? T(0) : static_cast<T>(a % b);
    }
}

// Spark: r < 0 ? (r + n) % n : r
template <class T>
T positive_remainder(T a, T b) {
    T r = remainder_of<T>(a, b);
    return r < 0 ? remainder_of<T>(static_cast<T>(r + b), b) : r;
}

// The divisor of all rows, where there is one that is worth a ConstantDivisor.
template <class T>
std::optional<ConstantDivisor> constant_divisor(Vector& divisors) {
    if constexpr (std::is_integral_v<T>) {
        bool is_constant = divisors.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR &&
                           !duckdb::ConstantVector::IsNull(divisors);
        if (is_constant && *duckdb::ConstantVector::GetData<T>(divisors) > 0)
            return ConstantDivisor(*duckdb::ConstantVector::GetData<T>(divisors));
    }
    return std::nullopt;
}

template <class T, bool IsPositive>
void remainders(DataChunk& args, ExpressionState&, Vector& result) {
    if constexpr (std::is_integral_v<T>) {
        if (auto divisor = constant_divisor<T>(args.data[1])) {
            auto add_if_negative = IsPositive ? *duckdb::ConstantVector::GetData<T>(args.data[1])
                                              : T(0);
            duckdb::UnaryExecutor::Execute<T, T>(
                args.data[0], result, args.size(), [&, d = *divisor](T a) {
                    auto r = static_cast<T>(d.remainder(a));
                    return static_cast<T>(r < 0 ? r + add_if_negative : r);
                });
            return;
        }
    }
    auto mode = mode_argument(args, 2);
    duckdb::BinaryExecutor::ExecuteWithNulls<T, T, T>(args.data[0], args.data[1], result,
        args.size(), [mode](T a, T b, duckdb::ValidityMask& validity, duckdb::idx_t row) {
            if (b != 0) return IsPositive ? positive_remainder<T>(a, b) : remainder_of<T>(a, b);
            if (mode == kRaise) raise_remainder_by_zero();
            validity.SetInvalid(row);
            return T(0);
        });
}

template <class T>
void add_remainders(KernelSet& kernels) {
    using duckdb::LogicalType;
    duckdb::vector<LogicalType> types{logical<T>(), logical<T>(), LogicalType::TINYINT};
    duckdb::ScalarFunction remainder("spark_remainder", types, logical<T>(), remainders<T, false>);
    duckdb::ScalarFunction pmod("spark_pmod", types, logical<T>(), remainders<T, true>);
    for (auto* function : {&remainder, &pmod}) {
        function->SetFallible();
        kernels.add(*function);
    }
}

template <class T>
void add_negative_and_abs(KernelSet& kernels) {
    for (bool is_abs : {false, true}) {
        kernels.add(
            is_abs ? "spark_abs_checked" : "spark_negative",
            [is_abs](T a, int8_t mode) -> std::optional<T> {
                if (is_abs && a >= 0) return a;
                T out;
                if (!__builtin_sub_overflow(T(0), a, &out) || mode != kRaise) return out;
                raise_overflow(sizeof(T) < 4 ? "caused overflow" : overflow_name<T>());
            },
            Fallible::kYes);
    }
}

void add_division(KernelSet& kernels) {
    kernels.add(
        "spark_divide",
        [](double a, double b, int8_t mode) -> std::optional<double> {
            if (b != 0) return a / b;
            if (mode == kRaise) raise_divide_by_zero();
            return std::nullopt;
        },
        Fallible::kYes);
    kernels.add(
        "spark_integral_divide",
        [](int64_t a, int64_t b, int8_t mode) -> std::optional<int64_t> {
            if (b == 0) {
                if (mode == kRaise) raise_divide_by_zero();
                return std::nullopt;
            }
            if (b == -1 && a == std::numeric_limits<int64_t>::min()) {
                if (mode == kRaise) raise_overflow("Overflow in integral divide", "try_divide");
                if (mode == kNull) return std::nullopt;
                return a;
            }
            return a / b;
        },
        Fallible::kYes);
}

template <class T>
void add_shifts(KernelSet& kernels) {
    using U = std::make_unsigned_t<T>;
    constexpr int kMask = sizeof(T) * 8 - 1;
    kernels.add("spark_shiftleft",
        [](T a, int32_t n) -> T { return static_cast<T>(static_cast<U>(a) << (n & kMask)); });
    kernels.add(
        "spark_shiftright", [](T a, int32_t n) -> T { return static_cast<T>(a >> (n & kMask)); });
    kernels.add("spark_shiftrightunsigned",
        [](T a, int32_t n) -> T { return static_cast<T>(static_cast<U>(a) >> (n & kMask)); });
}

template <class T>
void add_bits(KernelSet& kernels) {
    kernels.add("spark_bit_count",
        [](T a) -> int32_t { return __builtin_popcountll(static_cast<uint64_t>(int64_t(a))); });
    kernels.add(
        "spark_bit_get",
        [](T a, int32_t position) -> int8_t {
            if (position < 0 || position >= static_cast<int32_t>(sizeof(T) * 8)) {
                raise(
                    Error(ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE",
                        {{"functionName", "`bit_get`"}, {"parameter", "`pos`"},
                            {"upper", std::to_string(sizeof(T) * 8)},
                            {"invalidValue", std::to_string(position)}}));
            }
            return static_cast<int8_t>((static_cast<uint64_t>(int64_t(a)) >> position) & 1);
        },
        Fallible::kYes);
}

}  // namespace

void add_integer_arithmetic(KernelSet& kernels) {
    add_all_widths<Add>(kernels, "spark_add");
    add_all_widths<Subtract>(kernels, "spark_subtract");
    add_all_widths<Multiply>(kernels, "spark_multiply");
    add_remainders<int8_t>(kernels);
    add_remainders<int16_t>(kernels);
    add_remainders<int32_t>(kernels);
    add_remainders<int64_t>(kernels);
    add_remainders<float>(kernels);
    add_remainders<double>(kernels);
    add_negative_and_abs<int8_t>(kernels);
    add_negative_and_abs<int16_t>(kernels);
    add_negative_and_abs<int32_t>(kernels);
    add_negative_and_abs<int64_t>(kernels);
    add_division(kernels);
    add_shifts<int32_t>(kernels);
    add_shifts<int64_t>(kernels);
    add_bits<int8_t>(kernels);
    add_bits<int16_t>(kernels);
    add_bits<int32_t>(kernels);
    add_bits<int64_t>(kernels);
    kernels.add("spark_bit_count", [](bool a) -> int32_t { return a ? 1 : 0; });
}

}  // namespace hanok::engine
