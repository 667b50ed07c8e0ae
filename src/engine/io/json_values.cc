#include "engine/io/json_values.h"

#include <duckdb/common/types/blob.hpp>
#include <limits>

#include "base/error.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using types::DataType;
using types::TypeId;

bool mismatch(Vector& vector, idx_t row, JsonCursor& cursor) {
    cursor.take_raw();
    FlatVector::SetNull(vector, row, true);
    return false;
}

class BooleanWriter final : public JsonValueWriter {
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        if (kind != JsonKind::kTrue && kind != JsonKind::kFalse)
            return mismatch(vector, row, cursor);
        cursor.take_word();
        FlatVector::GetData<bool>(vector)[row] = kind == JsonKind::kTrue;
        return true;
    }
};

template <class T>
class IntegerWriter final : public JsonValueWriter {
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        if (kind != JsonKind::kInteger) return mismatch(vector, row, cursor);
        auto value = java_integer(
            cursor.take_number(), std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
        if (!value) {
            FlatVector::SetNull(vector, row, true);
            return false;
        }
        FlatVector::GetData<T>(vector)[row] = T(*value);
        return true;
    }
};

std::optional<double> special_number(std::string_view text) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity" || text == "+Infinity" || text == "INF" || text == "+INF") {
        return std::numeric_limits<double>::infinity();
    }
    if (text == "-Infinity" || text == "-INF") return -std::numeric_limits<double>::infinity();
    return std::nullopt;
}

template <class T>
class FloatingWriter final : public JsonValueWriter {
public:
    explicit FloatingWriter(bool allows_special) : allows_special_(allows_special) {}

private:
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        std::optional<double> value;
        if (kind == JsonKind::kInteger || kind == JsonKind::kFloating) {
            value = java_double(cursor.take_number());
        } else if (kind == JsonKind::kNonNumeric) {
            value = special_number(cursor.take_number());
        } else if (kind == JsonKind::kString) {
            auto text = cursor.take_string();
            if (allows_special_) value = special_number(text);
        } else {
            return mismatch(vector, row, cursor);
        }
        if (!value) {
            FlatVector::SetNull(vector, row, true);
            return false;
        }
        FlatVector::GetData<T>(vector)[row] = T(*value);
        return true;
    }

    bool allows_special_;
};

// Values that are no string keep their JSON text.
class StringWriter final : public JsonValueWriter {
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        auto text = kind == JsonKind::kString ? cursor.take_string() : cursor.take_raw();
        FlatVector::GetData<duckdb::string_t>(vector)[row] = duckdb::StringVector::AddStringOrBlob(
            vector, text.data(), text.size());
        return true;
    }
};

class BinaryWriter final : public JsonValueWriter {
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        if (kind != JsonKind::kString) return mismatch(vector, row, cursor);
        auto text = cursor.take_string();
        try {
            auto bytes = duckdb::Blob::FromBase64(
                duckdb::string_t(text.data(), uint32_t(text.size())));
            FlatVector::GetData<duckdb::string_t>(vector)[row] =
                duckdb::StringVector::AddStringOrBlob(vector, bytes);
            return true;
        } catch (const duckdb::Exception&) {
            FlatVector::SetNull(vector, row, true);
            return false;
        }
    }
};

// Types that JSON holds as text; some of them as numbers, too.
class TextWriter final : public JsonValueWriter {
public:
    TextWriter(const DataType& type, const JsonOptions& options, const std::string& column)
        : type_(type), writer_(type, options.values, "json", column) {}

private:
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        if (kind == JsonKind::kString) return writer_.write(vector, row, cursor.take_string());
        bool is_number = kind == JsonKind::kInteger || kind == JsonKind::kFloating;
        if (type_.is(TypeId::kDecimal) && is_number)
            return writer_.write(vector, row, cursor.take_number());
        if (type_.is(TypeId::kTimestamp) && kind == JsonKind::kInteger) {
            constexpr int64_t kMicros = 1000000;
            auto seconds = java_integer(
                cursor.take_number(), INT64_MIN / kMicros, INT64_MAX / kMicros);
            if (seconds) {
                FlatVector::GetData<int64_t>(vector)[row] = *seconds * kMicros;
                return true;
            }
            FlatVector::SetNull(vector, row, true);
            return false;
        }
        return mismatch(vector, row, cursor);
    }

    const DataType& type_;
    TextValueWriter writer_;
};

class StructWriter final : public JsonValueWriter {
public:
    StructWriter(const DataType& type, const JsonOptions& options)
        : fields_(type.fields(), options) {}

private:
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        if (kind != JsonKind::kObject) return mismatch(vector, row, cursor);
        FlatVector::SetNull(vector, row, false);
        std::vector<Vector*> children;
        for (auto& child : duckdb::StructVector::GetEntries(vector))
            children.push_back(child.get());
        return fields_.write(children, row, cursor);
    }

    JsonObjectWriter fields_;
};

class ArrayWriter final : public JsonValueWriter {
public:
    explicit ArrayWriter(std::unique_ptr<JsonValueWriter> element) : element_(std::move(element)) {}

private:
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        if (kind != JsonKind::kArray) return mismatch(vector, row, cursor);
        auto start = duckdb::ListVector::GetListSize(vector);
        auto size = start;
        bool is_good = true;
        cursor.enter_array();
        while (cursor.next_element()) {
            duckdb::ListVector::Reserve(vector, size + 1);
            is_good &= element_->write(duckdb::ListVector::GetEntry(vector), size, cursor);
            size++;
        }
        duckdb::ListVector::SetListSize(vector, size);
        FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = {start, size - start};
        return is_good;
    }

    std::unique_ptr<JsonValueWriter> element_;
};

class MapWriter final : public JsonValueWriter {
public:
    explicit MapWriter(std::unique_ptr<JsonValueWriter> value) : value_(std::move(value)) {}

private:
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind kind) override {
        if (kind != JsonKind::kObject) return mismatch(vector, row, cursor);
        auto start = duckdb::ListVector::GetListSize(vector);
        auto size = start;
        bool is_good = true;
        std::string_view name;
        cursor.enter_object();
        while (cursor.next_field(&name)) {
            duckdb::ListVector::Reserve(vector, size + 1);
            auto& entries = duckdb::ListVector::GetEntry(vector);
            auto& keys = *duckdb::StructVector::GetEntries(entries)[0];
            FlatVector::GetData<duckdb::string_t>(keys)[size] =
                duckdb::StringVector::AddStringOrBlob(keys, name.data(), name.size());
            is_good &= value_->write(*duckdb::StructVector::GetEntries(entries)[1], size, cursor);
            size++;
        }
        duckdb::ListVector::SetListSize(vector, size);
        FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = {start, size - start};
        return is_good;
    }

    std::unique_ptr<JsonValueWriter> value_;
};

// VOID columns: whatever is there is NULL.
class NullWriter final : public JsonValueWriter {
    bool write_value(Vector& vector, idx_t row, JsonCursor& cursor, JsonKind) override {
        return mismatch(vector, row, cursor);
    }
};

}  // namespace

bool JsonValueWriter::write(Vector& vector, idx_t row, JsonCursor& cursor) {
    auto kind = cursor.peek();
    if (kind == JsonKind::kNull) {
        cursor.take_word();
        FlatVector::SetNull(vector, row, true);
        return true;
    }
    return write_value(vector, row, cursor, kind);
}

std::unique_ptr<JsonValueWriter> JsonValueWriter::make(
    const DataType& type, const JsonOptions& options, const std::string& column) {
    bool special = options.syntax.non_numeric_numbers;
    switch (type.id()) {
        case TypeId::kNull: return std::make_unique<NullWriter>();
        case TypeId::kBoolean: return std::make_unique<BooleanWriter>();
        case TypeId::kByte: return std::make_unique<IntegerWriter<int8_t>>();
        case TypeId::kShort: return std::make_unique<IntegerWriter<int16_t>>();
        case TypeId::kInteger: return std::make_unique<IntegerWriter<int32_t>>();
        case TypeId::kLong: return std::make_unique<IntegerWriter<int64_t>>();
        case TypeId::kFloat: return std::make_unique<FloatingWriter<float>>(special);
        case TypeId::kDouble: return std::make_unique<FloatingWriter<double>>(special);
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return std::make_unique<StringWriter>();
        case TypeId::kBinary: return std::make_unique<BinaryWriter>();
        case TypeId::kStruct: return std::make_unique<StructWriter>(type, options);
        case TypeId::kArray:
            return std::make_unique<ArrayWriter>(make(*type.element(), options, column));
        case TypeId::kMap:
            if (type.key()->is_string())
                return std::make_unique<MapWriter>(make(*type.value(), options, column));
            [[fallthrough]];
        default: return std::make_unique<TextWriter>(type, options, column);
    }
}

JsonObjectWriter::JsonObjectWriter(const types::Fields& fields, const JsonOptions& options) {
    for (const auto& field : fields) {
        names_.push_back(field.name);
        writers_.push_back(JsonValueWriter::make(*field.type, options, field.name));
    }
    for (size_t i = 0; i < names_.size(); i++) places_.emplace(names_[i], i);
    seen_.resize(names_.size());
}

size_t JsonObjectWriter::find(std::string_view name) {
    if (expected_ < names_.size() && names_[expected_] == name) return expected_++;
    auto found = places_.find(name);
    if (found == places_.end()) return SIZE_MAX;
    expected_ = found->second + 1;
    return found->second;
}

bool JsonObjectWriter::write(const std::vector<Vector*>& vectors, idx_t row, JsonCursor& cursor) {
    bool is_good = true;
    object_++;
    expected_ = 0;
    std::string_view name;
    cursor.enter_object();
    while (cursor.next_field(&name)) {
        auto place = find(name);
        if (place == SIZE_MAX) {
            cursor.take_raw();
            continue;
        }
        // Of fields with one name, the last counts.
        if (seen_[place] == object_) FlatVector::SetNull(*vectors[place], row, false);
        seen_[place] = object_;
        is_good &= writers_[place]->write(*vectors[place], row, cursor);
    }
    for (size_t i = 0; i < seen_.size(); i++) {
        if (seen_[i] != object_) FlatVector::SetNull(*vectors[i], row, true);
    }
    return is_good;
}

}  // namespace hanok::engine
