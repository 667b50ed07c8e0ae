#include "engine/io/jdbc_values.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using jdbc::CellKind;
using types::TypeId;

constexpr int64_t kMicrosPerMs = 1000;
constexpr int64_t kMsPerDay = 86'400'000;

const types::DataType& innermost(const types::DataType& type) {
    return type.is(TypeId::kArray) ? innermost(*type.element()) : type;
}

void write_bytes(duckdb::Vector& vector, idx_t row, std::string_view bytes) {
    FlatVector::GetData<duckdb::string_t>(vector)[row] = duckdb::StringVector::AddStringOrBlob(
        vector, bytes.data(), bytes.size());
}

std::string text_of(const jdbc::Cell& cell) {
    if (cell.kind == CellKind::kInteger) return std::to_string(cell.integer);
    if (cell.kind == CellKind::kReal) return types::double_to_string(cell.real);
    return std::string(cell.text);
}

template <class T>
bool store_integer(duckdb::Vector& vector, idx_t row, int64_t value) {
    if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max())
        return false;
    FlatVector::GetData<T>(vector)[row] = T(value);
    return true;
}

// Times of day come with a date in Spark.
bool is_time_of_day(std::string_view text) {
    return text.size() >= 8 && text[2] == ':' && text[5] == ':';
}

}  // namespace

JdbcValueReader::JdbcValueReader(
    const ScanColumn& column, const TextValueOptions& values, const jdbc::Options& options)
    : column_(column),
      values_(values),
      url_(jdbc::shown_url(options.url)),
      is_sqlite_(options.parsed.database == jdbc::Database::kSqlite) {
    const auto& inner = innermost(*column.type);
    if (!inner.is(TypeId::kBinary))
        writer_ = std::make_unique<TextValueWriter>(inner, values_, "jdbc", column.source_name);
}

void JdbcValueReader::refuse(std::string_view value) const {
    throw runtime_error("FAILED_JDBC.UNCLASSIFIED",
        {{"url", url_},
            {"message", "Bad value for type " + column_.type->simple_string() + " of column " +
                            column_.source_name + ": " + std::string(value.substr(0, 200)) +
                            ". Give the column another type with customSchema."}});
}

// Numbers as they come from SQLite and from BIT columns; false: the type wants another form.
bool JdbcValueReader::read_number(duckdb::Vector& vector, idx_t row, const jdbc::Cell& cell) {
    bool is_integer = cell.kind == CellKind::kInteger;
    int64_t integer = cell.integer;
    if (!is_integer) {
        double whole = std::trunc(cell.real);
        if (column_.type->is_integral() && !(std::abs(whole) < 9.2e18)) return false;
        integer = column_.type->is_integral() ? int64_t(whole) : 0;
    }
    double real = is_integer ? double(integer) : cell.real;
    switch (column_.type->id()) {
        case TypeId::kBoolean: FlatVector::GetData<bool>(vector)[row] = real != 0; return true;
        case TypeId::kByte: return store_integer<int8_t>(vector, row, integer);
        case TypeId::kShort: return store_integer<int16_t>(vector, row, integer);
        case TypeId::kInteger: return store_integer<int32_t>(vector, row, integer);
        case TypeId::kLong: FlatVector::GetData<int64_t>(vector)[row] = integer; return true;
        case TypeId::kFloat: FlatVector::GetData<float>(vector)[row] = float(real); return true;
        case TypeId::kDouble: FlatVector::GetData<double>(vector)[row] = real; return true;
        // The driver of SQLite keeps them as milliseconds since the epoch.
        case TypeId::kDate:
            if (!is_sqlite_ || !is_integer) return false;
            FlatVector::GetData<int32_t>(vector)[row] = int32_t(
                (integer - (integer < 0 ? kMsPerDay - 1 : 0)) / kMsPerDay);
            return true;
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz:
            if (!is_sqlite_ || !is_integer) return false;
            FlatVector::GetData<int64_t>(vector)[row] = integer * kMicrosPerMs;
            return true;
        default: return false;
    }
}

void JdbcValueReader::read_text(
    duckdb::Vector& vector, idx_t row, const types::DataType& type, std::string_view text) {
    std::string changed;
    if (type.is(TypeId::kBoolean)) {
        bool yes = text == "t" || text == "1" || text == "true" || text == "TRUE";
        bool no = text == "f" || text == "0" || text == "false" || text == "FALSE";
        if (!yes && !no && text.find_first_not_of("0123456789") == std::string_view::npos)
            yes = true;
        if (!yes && !no) refuse(text);
        FlatVector::GetData<bool>(vector)[row] = yes;
        return;
    }
    if (type.is(TypeId::kTimestamp) || type.is(TypeId::kTimestampNtz)) {
        if (is_time_of_day(text)) changed = "1970-01-01 " + std::string(text);
        if (text == "infinity") changed = "9999-12-31 23:59:59.999999";
        if (text == "-infinity") changed = "0001-01-01 00:00:00";
    } else if (type.is(TypeId::kDate)) {
        if (text == "infinity") changed = "9999-12-31";
        if (text == "-infinity") changed = "0001-01-01";
        if (text.size() == 4) changed = std::string(text) + "-01-01";  // YEAR
    } else if (type.is_integral() && text.find('.') != std::string_view::npos) {
        changed = std::string(text.substr(0, text.find('.')));
    }
    if (!writer_->write(vector, row, changed.empty() ? text : std::string_view(changed)))
        refuse(text);
}

// PostgreSQL's form: {1,NULL,"a \"b\""}, nested for several dimensions.
void JdbcValueReader::read_array(
    duckdb::Vector& vector, idx_t row, const types::DataType& type, std::string_view text) {
    auto open = text.find('{');
    if (open == std::string_view::npos || text.back() != '}') refuse(text);
    auto& child = duckdb::ListVector::GetEntry(vector);
    idx_t begin = duckdb::ListVector::GetListSize(vector);
    idx_t count = 0;
    const auto& element = *type.element();
    auto add = [&](std::string_view value, bool is_null) {
        idx_t place = begin + count++;
        duckdb::ListVector::Reserve(vector, place + 1);
        duckdb::ListVector::SetListSize(vector, place + 1);
        if (is_null) {
            FlatVector::SetNull(child, place, true);
        } else if (element.is(TypeId::kBinary)) {
            write_bytes(child, place, value);
        } else {
            read_text(child, place, element, value);
        }
    };
    size_t at = open + 1;
    while (at < text.size() - 1) {
        if (text[at] == ',') ++at;
        if (text[at] == '{') refuse(text);  // more dimensions than the type has
        std::string value;
        bool quoted = text[at] == '"';
        if (quoted) ++at;
        while (at < text.size() - 1 && (quoted ? text[at] != '"' : text[at] != ',')) {
            if (text[at] == '\\') ++at;
            value += text[at++];
        }
        if (quoted) ++at;
        add(value, !quoted && value == "NULL");
    }
    FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = {begin, count};
}

void JdbcValueReader::read(duckdb::Vector& vector, idx_t row, const jdbc::Cell& cell) {
    const auto& type = *column_.type;
    if (cell.kind == CellKind::kNull) {
        FlatVector::SetNull(vector, row, true);
        return;
    }
    if (type.is(TypeId::kBinary)) return write_bytes(vector, row, text_of(cell));
    if (type.is(TypeId::kArray)) return read_array(vector, row, type, cell.text);
    bool is_number = cell.kind == CellKind::kInteger || cell.kind == CellKind::kReal;
    if (is_number && read_number(vector, row, cell)) return;
    if (is_number && type.is_integral()) refuse(text_of(cell));
    std::string number = is_number ? text_of(cell) : "";
    read_text(vector, row, type, is_number ? std::string_view(number) : cell.text);
}

}  // namespace hanok::engine
