#include "session/partition_types.h"

#include <charconv>
#include <cmath>
#include <regex>

#include "types/value.h"

namespace hanok::session {

namespace {

using types::DataType;
using types::TypePtr;

bool is_integer(const std::string& text, bool* fits_int) {
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return false;
    *fits_int = value >= INT32_MIN && value <= INT32_MAX;
    return true;
}

bool is_double(const std::string& text) {
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && error == std::errc() && end == text.data() + text.size() &&
           std::isfinite(value);
}

TypePtr type_of(const std::string& text) {
    static const std::regex date("\\d{4}-\\d{2}-\\d{2}");
    static const std::regex timestamp("\\d{4}-\\d{2}-\\d{2}[ T]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?");
    bool fits_int = false;
    if (is_integer(text, &fits_int)) return fits_int ? DataType::integer() : DataType::long_();
    if (is_double(text)) return DataType::double_();
    if (std::regex_match(text, date)) return DataType::date();
    if (std::regex_match(text, timestamp)) return DataType::timestamp();
    return DataType::string();
}

int rank(const DataType& type) {
    switch (type.id()) {
        case types::TypeId::kNull: return 0;
        case types::TypeId::kInteger: return 1;
        case types::TypeId::kLong: return 2;
        case types::TypeId::kDouble: return 3;
        default: return 4;
    }
}

TypePtr common(const TypePtr& a, const TypePtr& b) {
    if (a->same_type(*b) || rank(*b) == 0) return a;
    if (rank(*a) == 0) return b;
    if (rank(*a) <= 3 && rank(*b) <= 3) return rank(*a) > rank(*b) ? a : b;
    bool dates = a->is_datetime() && b->is_datetime();
    return dates ? DataType::timestamp() : DataType::string();
}

}  // namespace

TypePtr infer_partition_type(const engine::FileScanSource& source, size_t index) {
    TypePtr type = DataType::null();
    for (const auto& file : source.files) {
        const auto& value = file.partition_values[index];
        if (value) type = common(type, type_of(*value));
        if (type->is_string()) break;
    }
    return type->is(types::TypeId::kNull) ? DataType::string() : type;
}

}  // namespace hanok::session
