#pragma once
// Values of text files as typed values: Java's number syntax, Spark's date and timestamp rules and
// patterns.

#include <duckdb.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "types/data_type.h"

namespace hanok::engine {

std::optional<int64_t> java_integer(std::string_view text, int64_t low, int64_t high);
std::optional<double> java_double(std::string_view text);
// "2024-02-29" and nothing else.
std::optional<int32_t> iso_date(std::string_view text);

struct TextValueOptions {
    std::string time_zone = "UTC";
    int64_t now_micros = 0;
    std::string nan_value = "NaN";
    std::string positive_infinity = "Inf";
    std::string negative_infinity = "-Inf";
    std::optional<std::string> date_format;
    std::optional<std::string> timestamp_format;
    std::optional<std::string> timestamp_ntz_format;
    std::optional<std::string> time_format;
};

// Reads dates and timestamps by the options' patterns, or as CAST does. `options` must outlive it.
class DateTimeReader {
public:
    explicit DateTimeReader(const TextValueOptions& options) : options_(options) {}

    std::optional<int32_t> date(std::string_view text) const;
    std::optional<int64_t> timestamp(std::string_view text) const;
    std::optional<int64_t> timestamp_ntz(std::string_view text) const;
    // Microseconds since midnight.
    std::optional<int64_t> time(std::string_view text) const;

private:
    const TextValueOptions& options_;
};

// Writes texts into vectors of one type. One thread at a time.
class TextValueWriter {
public:
    // Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE for types that text cannot hold.
    TextValueWriter(const types::DataType& type, const TextValueOptions& options,
        const std::string& format, const std::string& column);

    // False, and the row is NULL, when the text is no value of the type.
    bool write(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);

private:
    using Write = bool (TextValueWriter::*)(duckdb::Vector&, duckdb::idx_t, std::string_view);
    template <class T>
    bool write_integer(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    template <class T>
    bool write_floating(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_boolean(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_decimal(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_string(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_date(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_timestamp(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_timestamp_ntz(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_interval(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_calendar_interval(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    bool write_time(duckdb::Vector& vector, duckdb::idx_t row, std::string_view text);
    static Write writer_for(const types::DataType& type);

    const types::DataType& type_;
    const TextValueOptions& options_;
    DateTimeReader dates_;
    Write write_;
};

// The unscaled decimal in the vector's storage; false when it does not fit.
bool write_decimal_value(duckdb::Vector& vector, duckdb::idx_t row, __int128 unscaled, int scale,
    const types::DataType& type);

}  // namespace hanok::engine
