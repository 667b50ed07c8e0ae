// What CHAR(n) and VARCHAR(n) do to strings: padding, and the length that may be stored.

#include "engine/functions/collations.h"
#include "engine/functions/kernel.h"
#include "engine/functions/value_kernel.h"

namespace hanok::engine {

using duckdb::Value;

namespace {

// Characters; bytes that are none count with the character before them.
int64_t character_count(std::string_view text) {
    int64_t count = 0;
    for (char c : text) count += (c & 0xC0) != 0x80 ? 1 : 0;
    return count;
}

std::string padded(std::string_view text, int64_t length) {
    std::string out(text);
    auto count = character_count(text);
    if (count < length) out.append(static_cast<size_t>(length - count), ' ');
    return out;
}

// No longer than `length`: spaces at the end are given up, nothing else.
std::string_view shortened(std::string_view text, int64_t length) {
    for (auto count = character_count(text); count > length; --count) {
        if (!text.ends_with(' '))
            raise(runtime_error("EXCEED_LIMIT_LENGTH", {{"limit", std::to_string(length)}}));
        text.remove_suffix(1);
    }
    return text;
}

// Goes through the parts of a value as the analyzer's text says (char_columns.cc).
class Parts {
public:
    Parts(std::string_view lengths, bool checks) : lengths_(lengths), checks_(checks) {}

    Value of(const Value& value) {
        char what = lengths_.front();
        lengths_.remove_prefix(1);
        switch (what) {
            case 'c':
            case 'v': return text(value, what == 'c', take_length());
            case '[': return elements(value);
            case '<': return entries(value);
            case '{': return fields(value);
            default: return value;
        }
    }

private:
    int64_t take_length() {
        int64_t length = 0;
        for (; !lengths_.empty() && lengths_[0] >= '0' && lengths_[0] <= '9';
             lengths_.remove_prefix(1))
            length = 10 * length + (lengths_[0] - '0');
        return length;
    }

    Value text(const Value& value, bool pads, int64_t length) const {
        if (value.IsNull()) return value;
        std::string_view kept = duckdb::StringValue::Get(value);
        if (checks_) kept = shortened(kept, length);
        return pads ? Value(padded(kept, length)) : Value(std::string(kept));
    }

    Value elements(const Value& value) {
        auto inside = lengths_;
        duckdb::vector<Value> out;
        const auto& type = duckdb::ListType::GetChildType(value.type());
        skip(']');
        auto behind = lengths_;
        if (value.IsNull()) return value;
        for (const auto& element : duckdb::ListValue::GetChildren(value)) {
            lengths_ = inside;
            out.push_back(of(element));
        }
        lengths_ = behind;
        return Value::LIST(type, std::move(out));
    }

    Value entries(const Value& value) {
        auto inside = lengths_;
        skip('>');
        auto behind = lengths_;
        if (value.IsNull()) return value;
        duckdb::vector<Value> keys, values;
        for (const auto& entry : duckdb::MapValue::GetChildren(value)) {
            const auto& pair = duckdb::StructValue::GetChildren(entry);
            lengths_ = inside;
            keys.push_back(of(pair[0]));
            values.push_back(of(pair[1]));
        }
        lengths_ = behind;
        return Value::MAP(duckdb::MapType::KeyType(value.type()),
            duckdb::MapType::ValueType(value.type()), std::move(keys), std::move(values));
    }

    Value fields(const Value& value) {
        if (value.IsNull()) {
            skip('}');
            return value;
        }
        duckdb::vector<Value> out;
        for (const auto& field : duckdb::StructValue::GetChildren(value)) out.push_back(of(field));
        skip('}');
        return Value::STRUCT(value.type(), std::move(out));
    }

    // Behind the bracket that ends this part.
    void skip(char end) {
        for (int depth = 0; !lengths_.empty();) {
            char c = lengths_.front();
            lengths_.remove_prefix(1);
            if (c == end && depth == 0) return;
            if (c == '[' || c == '<' || c == '{') ++depth;
            if (c == ']' || c == '>' || c == '}') --depth;
        }
    }

    std::string_view lengths_;
    bool checks_;
};

template <bool Checks>
Value run_parts(const Values& args, const duckdb::LogicalType&) {
    return Parts(duckdb::StringValue::Get(args[1]), Checks).of(args[0]);
}

}  // namespace

void lower_char_types(FunctionLowerings& lowerings) {
    lowerings.scalar("char_parts_pad", value_lowering("spark_char_parts_pad"));
    lowerings.scalar("char_parts_write_check", value_lowering("spark_char_parts_write_check"));
}

void add_char_types(KernelSet& kernels) {
    kernels.add("spark_char_pad", [](std::string_view text, int32_t n) { return padded(text, n); });
    kernels.add(
        "spark_char_write_check",
        [](std::string_view text, int32_t n) { return padded(shortened(text, n), n); },
        Fallible::kYes);
    kernels.add(
        "spark_varchar_write_check",
        [](std::string_view text, int32_t n) { return shortened(text, n); }, Fallible::kYes);
    add_value_kernel(kernels, "spark_char_parts_pad", run_parts<false>);
    add_value_kernel(
        kernels, "spark_char_parts_write_check", run_parts<true>, {.is_fallible = true});
}

}  // namespace hanok::engine
