// Schema inference of JSON: records are structs whose fields are merged by name.

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "engine/io/json_format.h"
#include "engine/io/malformed_record.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

using types::DataType;
using types::TypeId;
using types::TypePtr;

TypePtr merge(const TypePtr& a, const TypePtr& b);

TypePtr merge_structs(const DataType& a, const DataType& b) {
    types::Fields fields;
    size_t i = 0;
    size_t j = 0;
    while (i < a.fields().size() || j < b.fields().size()) {
        if (j == b.fields().size() ||
            (i < a.fields().size() && a.fields()[i].name < b.fields()[j].name)) {
            fields.push_back(a.fields()[i++]);
        } else if (i == a.fields().size() || b.fields()[j].name < a.fields()[i].name) {
            fields.push_back(b.fields()[j++]);
        } else {
            fields.push_back(
                {a.fields()[i].name, merge(a.fields()[i].type, b.fields()[j].type), true, ""});
            i++;
            j++;
        }
    }
    return DataType::struct_(std::move(fields));
}

TypePtr merge_decimals(const DataType& a, const DataType& b) {
    int scale = std::max(a.scale(), b.scale());
    int range = std::max(a.precision() - a.scale(), b.precision() - b.scale());
    return range + scale > 38 ? DataType::double_() : DataType::decimal(range + scale, scale);
}

TypePtr merge(const TypePtr& a, const TypePtr& b) {
    if (a->is(TypeId::kNull) || a->equals(*b)) return b;
    if (b->is(TypeId::kNull)) return a;
    if (a->is(TypeId::kStruct) && b->is(TypeId::kStruct)) return merge_structs(*a, *b);
    if (a->is(TypeId::kArray) && b->is(TypeId::kArray))
        return DataType::array(merge(a->element(), b->element()));
    if (a->is_numeric() && b->is_numeric()) {
        if (a->is(TypeId::kDouble) || b->is(TypeId::kDouble)) return DataType::double_();
        const auto wide = DataType::decimal(20, 0);
        return merge_decimals(a->is(TypeId::kLong) ? *wide : *a, b->is(TypeId::kLong) ? *wide : *b);
    }
    return DataType::string();
}

// What a column is that never had a value: STRING, or nothing at all. Null when it is dropped.
TypePtr settle(const TypePtr& type, const JsonOptions& options) {
    if (type->is(TypeId::kNull))
        return options.drop_field_if_all_null ? nullptr : DataType::string();
    if (type->is(TypeId::kArray)) {
        auto element = settle(type->element(), options);
        return element ? DataType::array(element) : nullptr;
    }
    if (!type->is(TypeId::kStruct)) return type;
    types::Fields fields;
    for (const auto& field : type->fields()) {
        auto settled = field.name.empty() ? nullptr : settle(field.type, options);
        if (settled) fields.push_back({field.name, settled, true, ""});
    }
    return fields.empty() ? nullptr : DataType::struct_(std::move(fields));
}

class JsonTypeGuesser {
public:
    explicit JsonTypeGuesser(const JsonOptions& options)
        : options_(options), dates_(options.values), cursor_(options.syntax) {}

    // The record's type: a struct; VOID for a blank one or a null.
    TypePtr record(std::string_view text) {
        try {
            cursor_.start(text);
            auto kind = cursor_.peek();
            if (kind == JsonKind::kEnd || kind == JsonKind::kNull) return DataType::null();
            auto type = value();
            if (type->is(TypeId::kArray) && type->element()->is(TypeId::kStruct))
                type = type->element();
            return type->is(TypeId::kStruct) ? type : malformed(text);
        } catch (const JsonSyntaxError&) {
            return malformed(text);
        }
    }

    // Any value's type; null when the text is malformed.
    TypePtr any(std::string_view text) {
        try {
            cursor_.start(text);
            return cursor_.peek() == JsonKind::kEnd ? nullptr : value();
        } catch (const JsonSyntaxError&) {
            return nullptr;
        }
    }

private:
    TypePtr malformed(std::string_view text) const {
        if (options_.mode == ParseMode::kFailFast) throw_malformed_record(text);
        if (options_.mode == ParseMode::kDropMalformed) return DataType::null();
        return DataType::struct_({{options_.corrupt_column, DataType::string(), true, ""}});
    }

    TypePtr value() {
        switch (cursor_.peek()) {
            case JsonKind::kEnd: throw JsonSyntaxError();
            case JsonKind::kNull: cursor_.take_word(); return DataType::null();
            case JsonKind::kTrue:
            case JsonKind::kFalse:
                cursor_.take_word();
                return options_.primitives_as_string ? DataType::string() : DataType::boolean();
            case JsonKind::kInteger: return number(cursor_.take_number(), true);
            case JsonKind::kFloating: return number(cursor_.take_number(), false);
            case JsonKind::kNonNumeric:
                cursor_.take_number();
                return options_.primitives_as_string ? DataType::string() : DataType::double_();
            case JsonKind::kString: return text(cursor_.take_string());
            case JsonKind::kObject: return object();
            case JsonKind::kArray: return array();
        }
        return DataType::null();
    }

    TypePtr object() {
        std::map<std::string, TypePtr> fields;
        std::string_view name;
        cursor_.enter_object();
        while (cursor_.next_field(&name)) {
            std::string key(name);
            fields[key] = value();
        }
        types::Fields sorted;
        for (auto& [key, type] : fields) sorted.push_back({key, type, true, ""});
        return DataType::struct_(std::move(sorted));
    }

    TypePtr array() {
        auto element = DataType::null();
        cursor_.enter_array();
        while (cursor_.next_element()) element = merge(element, value());
        return DataType::array(element);
    }

    TypePtr number(std::string_view digits, bool is_integer) const {
        if (options_.primitives_as_string) return DataType::string();
        if (is_integer && java_integer(digits, INT64_MIN, INT64_MAX)) return DataType::long_();
        if (!is_integer && !options_.prefers_decimal) return DataType::double_();
        auto decimal = decimal_of(digits);
        return decimal ? decimal : DataType::double_();
    }

    static TypePtr decimal_of(std::string_view digits) {
        types::Int128 unscaled;
        int precision = 0;
        int scale = 0;
        if (!types::parse_decimal(std::string(digits), &unscaled, &precision, &scale))
            return nullptr;
        precision = std::max(precision, scale);
        return precision <= 38 ? DataType::decimal(precision, scale) : nullptr;
    }

    // An empty text may stand for null.
    TypePtr text(std::string_view text) const {
        if (text.empty()) return DataType::null();
        if (options_.prefers_decimal && !options_.primitives_as_string) {
            bool may_be_number = text.find_first_not_of("+-.eE0123456789") ==
                                 std::string_view::npos;
            auto decimal = may_be_number ? decimal_of(text) : nullptr;
            if (decimal) return decimal;
        }
        if (options_.infer_timestamp && dates_.timestamp(text)) return DataType::timestamp();
        return DataType::string();
    }

    const JsonOptions& options_;
    DateTimeReader dates_;
    JsonCursor cursor_;
};

class JsonInference {
public:
    JsonInference(duckdb::FileSystem& file_system, const std::vector<TextFile>& files,
        const JsonOptions& options)
        : file_system_(file_system),
          files_(files),
          options_(options),
          layout_{options.multi_line ? TextUnit::kFile : TextUnit::kLines, options.line_separator} {
    }

    TypePtr run() {
        std::vector<size_t> all(files_.size());
        for (size_t i = 0; i < all.size(); i++) all[i] = i;
        auto splits = split_files(files_, all, layout_);
        auto threads = std::min<size_t>(
            splits.size(), std::max(1U, std::thread::hardware_concurrency()));
        std::atomic<size_t> next{0};
        std::vector<std::future<TypePtr>> parts;
        for (size_t i = 0; i < threads; i++) {
            parts.push_back(
                std::async(std::launch::async, [&] { return infer_splits(splits, next); }));
        }
        auto type = DataType::null();
        for (auto& part : parts) type = merge(type, part.get());
        auto settled = settle(type, options_);
        return settled && settled->is(TypeId::kStruct) ? settled : DataType::struct_({});
    }

private:
    TypePtr infer_splits(const std::vector<TextSplit>& splits, std::atomic<size_t>& next) const {
        auto type = DataType::null();
        JsonTypeGuesser guesser(options_);
        TextBlocks blocks(file_system_, layout_);
        std::string utf8;
        uint64_t index = 0;
        for (auto i = next++; i < splits.size(); i = next++) {
            blocks.open(files_[splits[i].file], splits[i]);
            std::string_view block;
            while (blocks.next(&block)) {
                std::string_view record = block;
                while (options_.multi_line ? !block.empty()
                                           : take_line(&block, options_.line_separator, &record)) {
                    if (is_sampled(index++))
                        type = merge(
                            type, guesser.record(to_utf8(record, options_.encoding, &utf8)));
                    if (options_.multi_line) block = {};
                }
            }
        }
        return type;
    }

    bool is_sampled(uint64_t index) const {
        double ratio = options_.sampling_ratio;
        return ratio >= 1 ||
               uint64_t(double(index + 1) * ratio) > uint64_t(double(index) * ratio) || index == 0;
    }

    duckdb::FileSystem& file_system_;
    const std::vector<TextFile>& files_;
    const JsonOptions& options_;
    TextLayout layout_;
};

}  // namespace

TypePtr infer_json_value(std::string_view text, const JsonOptions& options) {
    auto type = JsonTypeGuesser(options).any(text);
    if (!type) return nullptr;
    auto settled = settle(type, options);
    return settled ? settled : DataType::struct_({});
}

TypePtr infer_json_schema(duckdb::FileSystem& file_system, const std::vector<TextFile>& files,
    const JsonOptions& options) {
    return JsonInference(file_system, files, options).run();
}

}  // namespace hanok::engine
