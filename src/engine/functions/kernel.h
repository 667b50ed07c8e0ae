#pragma once
// Writing kernels: a C++ function over plain values becomes a DuckDB scalar function.
//
//   kernels.add("spark_repeat", [](std::string_view s, int32_t n) -> std::string { … });
//
// Argument and result types follow from the C++ types (see Slot). A std::optional argument receives
// NULLs (the others never see one); a std::optional result may be NULL. Kernels raise with raise();
// say so with Fallible.

#include <duckdb.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "base/error.h"

namespace hanok::engine {

// Values whose C++ type alone would not tell the DuckDB type.
struct Bytes {
    std::string_view data;
};  // BLOB argument
struct Blob {
    std::string data;
};  // BLOB result
struct Date {
    int32_t days;
};
struct Instant {
    int64_t micros;
};  // TIMESTAMP WITH TIME ZONE
struct LocalTime {
    int64_t micros;
};  // TIMESTAMP
struct TimeOfDay {
    int64_t micros;
};  // TIME
struct ShortText {
    char data[23];
    uint8_t size;
};  // VARCHAR result of a number
using Interval = duckdb::interval_t;

template <class T>
struct Slot;  // Stored: as it lies in the vector; type(); load(); store()

template <class T, duckdb::LogicalTypeId Id>
struct PlainSlot {
    using Stored = T;
    static duckdb::LogicalType type() { return Id; }
    static T load(const T& x) { return x; }
    static T store(duckdb::Vector&, T x) { return x; }
};
template <>
struct Slot<bool> : PlainSlot<bool, duckdb::LogicalTypeId::BOOLEAN> {};
template <>
struct Slot<int8_t> : PlainSlot<int8_t, duckdb::LogicalTypeId::TINYINT> {};
template <>
struct Slot<int16_t> : PlainSlot<int16_t, duckdb::LogicalTypeId::SMALLINT> {};
template <>
struct Slot<int32_t> : PlainSlot<int32_t, duckdb::LogicalTypeId::INTEGER> {};
template <>
struct Slot<int64_t> : PlainSlot<int64_t, duckdb::LogicalTypeId::BIGINT> {};
template <>
struct Slot<float> : PlainSlot<float, duckdb::LogicalTypeId::FLOAT> {};
template <>
struct Slot<double> : PlainSlot<double, duckdb::LogicalTypeId::DOUBLE> {};
template <>
struct Slot<Interval> : PlainSlot<Interval, duckdb::LogicalTypeId::INTERVAL> {};

// A HUGEINT: also the unscaled value of a decimal (see decimal_lowering.h).
template <>
struct Slot<__int128> {
    using Stored = duckdb::hugeint_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::HUGEINT; }
    static __int128 load(const Stored& x) {
        return static_cast<__int128>(
            (static_cast<unsigned __int128>(static_cast<uint64_t>(x.upper)) << 64) | x.lower);
    }
    static Stored store(duckdb::Vector&, __int128 x) {
        Stored out;
        out.lower = static_cast<uint64_t>(x);
        out.upper = static_cast<int64_t>(x >> 64);
        return out;
    }
};

template <>
struct Slot<Date> {
    using Stored = duckdb::date_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::DATE; }
    static Date load(const Stored& x) { return {x.days}; }
    static Stored store(duckdb::Vector&, Date x) { return Stored(x.days); }
};
template <>
struct Slot<Instant> {
    using Stored = duckdb::timestamp_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::TIMESTAMP_TZ; }
    static Instant load(const Stored& x) { return {x.value}; }
    static Stored store(duckdb::Vector&, Instant x) { return Stored(x.micros); }
};
template <>
struct Slot<LocalTime> {
    using Stored = duckdb::timestamp_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::TIMESTAMP; }
    static LocalTime load(const Stored& x) { return {x.value}; }
    static Stored store(duckdb::Vector&, LocalTime x) { return Stored(x.micros); }
};
template <>
struct Slot<TimeOfDay> {
    using Stored = duckdb::dtime_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::TIME; }
    static TimeOfDay load(const Stored& x) { return {x.micros}; }
    static Stored store(duckdb::Vector&, TimeOfDay x) { return Stored(x.micros); }
};
template <>
struct Slot<std::string_view> {
    using Stored = duckdb::string_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::VARCHAR; }
    static std::string_view load(const Stored& x) { return {x.GetData(), x.GetSize()}; }
    static Stored store(duckdb::Vector& v, std::string_view x) {
        return duckdb::StringVector::AddStringOrBlob(v, x.data(), x.size());
    }
};
template <>
struct Slot<std::string> {
    using Stored = duckdb::string_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::VARCHAR; }
    static Stored store(duckdb::Vector& v, const std::string& x) {
        return duckdb::StringVector::AddStringOrBlob(v, x.data(), x.size());
    }
};
template <>
struct Slot<ShortText> {
    using Stored = duckdb::string_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::VARCHAR; }
    static Stored store(duckdb::Vector& v, const ShortText& x) {
        return duckdb::StringVector::AddStringOrBlob(v, x.data, x.size);
    }
};
template <>
struct Slot<Bytes> {
    using Stored = duckdb::string_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::BLOB; }
    static Bytes load(const Stored& x) { return {{x.GetData(), x.GetSize()}}; }
};
template <>
struct Slot<Blob> {
    using Stored = duckdb::string_t;
    static duckdb::LogicalType type() { return duckdb::LogicalType::BLOB; }
    static Stored store(duckdb::Vector& v, const Blob& x) {
        return duckdb::StringVector::AddStringOrBlob(v, x.data.data(), x.data.size());
    }
};

template <class T>
struct IsOptional : std::false_type {
    using Value = T;
};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {
    using Value = T;
};

[[noreturn]] void raise(const Error& error);

enum class Fallible : bool { kNo, kYes };

class KernelSet {
public:
    explicit KernelSet(duckdb::DatabaseInstance& instance) : loader_(instance, "hanok") {}

    // `f` is a function object with one, not overloaded, call operator.
    template <class F>
    void add(const std::string& name, F f, Fallible fallible = Fallible::kNo) {
        add_signature(name, std::move(f), &F::operator(), fallible);
    }
    // A fallible function takes one more, constant, argument: where in the statement it stands
    // (error_place.h).
    void add(duckdb::ScalarFunction function);
    duckdb::ExtensionLoader& loader() { return loader_; }

private:
    template <class F, class R, class... A>
    void add_signature(const std::string& name, F f, R (F::*)(A...) const, Fallible fallible);

    duckdb::ExtensionLoader loader_;
};

namespace detail {

template <class A>
A load_argument(const duckdb::UnifiedVectorFormat& format, duckdb::idx_t row) {
    using Value = typename IsOptional<A>::Value;
    using Stored = typename Slot<Value>::Stored;
    auto index = format.sel->get_index(row);
    if constexpr (IsOptional<A>::value) {
        if (!format.validity.RowIsValid(index)) return std::nullopt;
    }
    return Slot<Value>::load(duckdb::UnifiedVectorFormat::GetData<Stored>(format)[index]);
}

template <class A>
bool is_absent(const duckdb::UnifiedVectorFormat& format, duckdb::idx_t row) {
    if constexpr (IsOptional<A>::value) return false;
    return !format.validity.RowIsValid(format.sel->get_index(row));
}

// Arguments and results of numbers alone: their loop is worth having a second time, without
// selections and NULLs.
template <class R, class... A>
constexpr bool kIsNumeric = std::is_arithmetic_v<typename IsOptional<R>::Value> &&
                            (std::is_arithmetic_v<typename IsOptional<A>::Value> && ...);

// Numbers that follow from each other become values.
inline void flatten_sequence(duckdb::Vector& vector, duckdb::idx_t count) {
    if (vector.GetVectorType() == duckdb::VectorType::SEQUENCE_VECTOR) vector.Flatten(count);
}

// Whether the values lie in order, or are one for all rows, and none is NULL.
inline bool is_plain(duckdb::Vector& vector) {
    if (vector.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR)
        return !duckdb::ConstantVector::IsNull(vector);
    return vector.GetVectorType() == duckdb::VectorType::FLAT_VECTOR &&
           duckdb::FlatVector::Validity(vector).AllValid();
}

// A plain vector of numbers.
template <class A>
class PlainValues {
    using Value = typename IsOptional<A>::Value;

public:
    explicit PlainValues(duckdb::Vector& vector)
        : values_(reinterpret_cast<const Value*>(vector.GetData())),
          step_(vector.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR ? 0 : 1) {}
    Value operator[](duckdb::idx_t row) const { return values_[row * step_]; }

private:
    const Value* values_;
    duckdb::idx_t step_;
};

template <class R, class Stored>
void store_result(const R& value, duckdb::idx_t row, Stored* out, duckdb::Vector& result) {
    using Value = typename IsOptional<R>::Value;
    if constexpr (IsOptional<R>::value) {
        if (value) {
            out[row] = Slot<Value>::store(result, *value);
        } else {
            duckdb::FlatVector::Validity(result).SetInvalid(row);
        }
    } else {
        out[row] = Slot<Value>::store(result, value);
    }
}

template <class R, class... A, class F, size_t... I>
void run_kernel(
    const F& f, duckdb::DataChunk& args, duckdb::Vector& result, std::index_sequence<I...>) {
    using Stored = typename Slot<typename IsOptional<R>::Value>::Stored;
    bool constant = sizeof...(A) > 0 && args.AllConstant();
    auto count = constant ? 1 : args.size();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<Stored>(result);
    if constexpr (kIsNumeric<R, A...>) {
        (flatten_sequence(args.data[I], count), ...);
        if (!constant && (is_plain(args.data[I]) && ...)) {
            std::tuple<PlainValues<A>...> plain{args.data[I]...};
            for (duckdb::idx_t row = 0; row < count; ++row)
                store_result<R>(f(std::get<I>(plain)[row]...), row, out, result);
            return;
        }
    }
    duckdb::UnifiedVectorFormat formats[sizeof...(A) + 1];
    (args.data[I].ToUnifiedFormat(args.size(), formats[I]), ...);
    for (duckdb::idx_t row = 0; row < count; ++row) {
        if ((is_absent<A>(formats[I], row) || ...)) {
            duckdb::FlatVector::Validity(result).SetInvalid(row);
        } else {
            store_result<R>(f(load_argument<A>(formats[I], row)...), row, out, result);
        }
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace detail

template <class F, class R, class... A>
void KernelSet::add_signature(
    const std::string& name, F f, R (F::*)(A...) const, Fallible fallible) {
    using duckdb::LogicalType;
    duckdb::vector<LogicalType> types{Slot<typename IsOptional<A>::Value>::type()...};
    duckdb::ScalarFunction function(name, types, Slot<typename IsOptional<R>::Value>::type(),
        [f](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
            detail::run_kernel<R, A...>(f, args, result, std::index_sequence_for<A...>());
        });
    constexpr bool takes_nulls = (IsOptional<A>::value || ...);
    if (takes_nulls) function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
    if (fallible == Fallible::kYes) function.SetFallible();
    add(std::move(function));
}

// Constant argument of a function being bound; throws when it is none.
duckdb::Value bound_constant(duckdb::ClientContext& context, const duckdb::Expression& argument);

}  // namespace hanok::engine
