// Schema inference of CSV: each column's type is the narrowest that all its values fit.

#include <future>
#include <set>
#include <thread>

#include "base/error.h"
#include "engine/io/csv_format.h"
#include "engine/io/csv_tokenizer.h"
#include "engine/io/text_values.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

using types::DataType;
using types::TypeId;
using types::TypePtr;

TypePtr merge(const TypePtr& a, const TypePtr& b);

TypePtr merge_decimals(const DataType& a, const DataType& b) {
    int scale = std::max(a.scale(), b.scale());
    int range = std::max(a.precision() - a.scale(), b.precision() - b.scale());
    return range + scale > 38 ? DataType::double_() : DataType::decimal(range + scale, scale);
}

// The narrowest type for values of both; STRING when they have nothing in common.
TypePtr merge(const TypePtr& a, const TypePtr& b) {
    if (a->is(TypeId::kNull) || a->equals(*b)) return b;
    if (b->is(TypeId::kNull)) return a;
    if (a->is_numeric() && b->is_numeric()) {
        if (a->is(TypeId::kDouble) || b->is(TypeId::kDouble)) return DataType::double_();
        if (a->is(TypeId::kDecimal) && b->is(TypeId::kDecimal)) return merge_decimals(*a, *b);
        if (a->is(TypeId::kDecimal)) return merge_decimals(*a, *DataType::decimal_for(*b));
        if (b->is(TypeId::kDecimal)) return merge_decimals(*DataType::decimal_for(*a), *b);
        return a->is(TypeId::kLong) ? a : b;
    }
    return DataType::string();
}

class TypeGuesser {
public:
    explicit TypeGuesser(const CsvOptions& options)
        : options_(options),
          values_{options.time_zone, options.now_micros, "", "", "", options.date_format,
              options.timestamp_format, options.timestamp_ntz_format, options.time_format},
          dates_(values_) {}

    TypePtr widen(const TypePtr& so_far, std::string_view text) const {
        if (so_far->is(TypeId::kString)) return so_far;
        return merge(so_far, guess(so_far->id(), text));
    }

private:
    // Types below what the column is known to be need not be tried.
    TypePtr guess(TypeId so_far, std::string_view text) const {
        switch (so_far) {
            case TypeId::kNull:
            case TypeId::kInteger:
                if (java_integer(text, INT32_MIN, INT32_MAX)) return DataType::integer();
                [[fallthrough]];
            case TypeId::kLong:
                if (java_integer(text, INT64_MIN, INT64_MAX)) return DataType::long_();
                [[fallthrough]];
            case TypeId::kDecimal:
                if (auto decimal = whole_decimal(text)) return decimal;
                [[fallthrough]];
            case TypeId::kDouble:
                if (java_double(text) || text == options_.nan_value ||
                    text == options_.positive_infinity || text == options_.negative_infinity) {
                    return DataType::double_();
                }
                [[fallthrough]];
            case TypeId::kDate:
                if (options_.prefer_date && is_date(text)) return DataType::date();
                [[fallthrough]];
            case TypeId::kTimestamp:
                if (dates_.timestamp(text)) return DataType::timestamp();
                [[fallthrough]];
            default: return is_boolean(text) ? DataType::boolean() : DataType::string();
        }
    }

    // Numbers beyond BIGINT without digits behind the point.
    static TypePtr whole_decimal(std::string_view text) {
        types::Int128 unscaled;
        int precision = 0;
        int scale = 0;
        bool has_digits_only = text.find_first_not_of("+-0123456789") == std::string_view::npos;
        if (!has_digits_only ||
            !types::parse_decimal(std::string(text), &unscaled, &precision, &scale))
            return nullptr;
        return DataType::decimal(precision, 0);
    }

    bool is_date(std::string_view text) const {
        return options_.date_format ? dates_.date(text).has_value() : iso_date(text).has_value();
    }

    static bool is_boolean(std::string_view text) {
        auto lower = types::to_lower(std::string(text));
        return lower == "true" || lower == "false";
    }

    const CsvOptions& options_;
    TextValueOptions values_;
    DateTimeReader dates_;
};

// The first record of the files that is neither blank nor a comment.
bool first_record(duckdb::FileSystem& file_system, const std::vector<TextFile>& files,
    const CsvOptions& options, const TextLayout& layout, std::string* record) {
    CsvTokenizer tokenizer(options);
    for (size_t i = 0; i < files.size(); i++) {
        TextBlocks blocks(file_system, layout);
        auto splits = split_files(files, {i}, layout);
        blocks.open(files[i], splits[0]);
        std::string_view block;
        while (blocks.next(&block)) {
            std::string_view found;
            bool is_valid = true;
            if (options.multi_line) {
                if (tokenizer.split_next(&block, &found, &is_valid)) {
                    *record = found;
                    return true;
                }
                continue;
            }
            while (take_line(&block, options.line_separator, &found)) {
                if (tokenizer.is_skipped_line(found)) continue;
                *record = found;
                return true;
            }
        }
    }
    return false;
}

std::vector<std::string> column_names(
    const std::vector<CsvToken>& tokens, const CsvOptions& options) {
    std::vector<std::string> names;
    std::multiset<std::string> lower_names;
    for (const auto& token : tokens) {
        if (!token.is_absent) lower_names.insert(types::to_lower(std::string(token.text)));
    }
    for (size_t i = 0; i < tokens.size(); i++) {
        std::string name(tokens[i].text);
        bool is_named = options.header && !tokens[i].is_absent && !name.empty() &&
                        name != options.null_value;
        if (!is_named) {
            name = "_c" + std::to_string(i);
        } else if (lower_names.count(types::to_lower(name)) > 1) {
            name += std::to_string(i);
        }
        names.push_back(std::move(name));
    }
    return names;
}

class CsvInference {
public:
    CsvInference(duckdb::FileSystem& file_system, const std::vector<TextFile>& files,
        const CsvOptions& options, std::string header, size_t num_columns)
        : file_system_(file_system),
          files_(files),
          options_(options),
          header_(std::move(header)),
          layout_{options.multi_line ? TextUnit::kFile : TextUnit::kLines, options.line_separator},
          types_(num_columns, DataType::null()) {}

    std::vector<TypePtr> run() {
        std::vector<size_t> all(files_.size());
        for (size_t i = 0; i < all.size(); i++) all[i] = i;
        auto splits = split_files(files_, all, layout_);
        auto threads = std::min<size_t>(
            splits.size(), std::max(1U, std::thread::hardware_concurrency()));
        std::atomic<size_t> next{0};
        std::vector<std::future<std::vector<TypePtr>>> parts;
        for (size_t i = 0; i < threads; i++) {
            parts.push_back(
                std::async(std::launch::async, [&] { return infer_splits(splits, next); }));
        }
        for (auto& part : parts) {
            auto found = part.get();
            for (size_t c = 0; c < types_.size(); c++) types_[c] = merge(types_[c], found[c]);
        }
        return types_;
    }

private:
    std::vector<TypePtr> infer_splits(
        const std::vector<TextSplit>& splits, std::atomic<size_t>& next) const {
        std::vector<TypePtr> types(types_.size(), DataType::null());
        TypeGuesser guesser(options_);
        CsvTokenizer tokenizer(options_);
        TextBlocks blocks(file_system_, layout_);
        std::string utf8;
        for (auto i = next++; i < splits.size(); i = next++) {
            blocks.open(files_[splits[i].file], splits[i]);
            std::string_view block;
            while (blocks.next(&block))
                infer_block(block, blocks.is_file_start(), tokenizer, guesser, types);
        }
        return types;
    }

    void infer_block(std::string_view block, bool is_file_start, CsvTokenizer& tokenizer,
        const TypeGuesser& guesser, std::vector<TypePtr>& types) const {
        std::string utf8;
        std::string_view record;
        uint64_t sampled = 0;
        bool is_valid = true;
        if (options_.multi_line) {
            block = to_utf8(block, options_.encoding, &utf8);
            bool skip = is_file_start && options_.header;
            while (tokenizer.split_next(&block, &record, &is_valid)) {
                if (!skip && is_valid && is_sampled(sampled++))
                    widen(tokenizer.tokens(), guesser, types);
                skip = false;
            }
            return;
        }
        std::string_view line;
        while (take_line(&block, options_.line_separator, &line)) {
            if (tokenizer.is_skipped_line(line) || (options_.header && line == header_)) continue;
            if (!is_sampled(sampled++)) continue;
            record = to_utf8(line, options_.encoding, &utf8);
            if (tokenizer.split_line(record, types.size()))
                widen(tokenizer.tokens(), guesser, types);
        }
    }

    // An even part of the records.
    bool is_sampled(uint64_t index) const {
        double ratio = options_.sampling_ratio;
        return ratio >= 1 ||
               uint64_t(double(index + 1) * ratio) > uint64_t(double(index) * ratio) || index == 0;
    }

    void widen(const std::vector<CsvToken>& tokens, const TypeGuesser& guesser,
        std::vector<TypePtr>& types) const {
        for (size_t c = 0; c < std::min(tokens.size(), types.size()); c++) {
            const auto& token = tokens[c];
            if (token.is_absent || token.text.empty() || token.text == options_.null_value)
                continue;
            types[c] = guesser.widen(types[c], token.text);
        }
    }

    duckdb::FileSystem& file_system_;
    const std::vector<TextFile>& files_;
    const CsvOptions& options_;
    std::string header_;
    TextLayout layout_;
    std::vector<TypePtr> types_;
};

}  // namespace

TypePtr infer_csv_line(std::string_view line, const CsvOptions& options) {
    CsvTokenizer tokenizer(options);
    tokenizer.split_line(line, SIZE_MAX);
    TypeGuesser guesser(options);
    types::Fields fields;
    for (const auto& token : tokenizer.tokens()) {
        bool is_null = token.is_absent || token.text == options.null_value;
        auto type = is_null ? DataType::string() : guesser.widen(DataType::null(), token.text);
        fields.push_back({"_c" + std::to_string(fields.size()), type, true, ""});
    }
    return DataType::struct_(std::move(fields));
}

TypePtr infer_csv_schema(duckdb::FileSystem& file_system, const std::vector<TextFile>& files,
    const CsvOptions& options) {
    TextLayout layout{
        options.multi_line ? TextUnit::kFile : TextUnit::kLines, options.line_separator};
    std::string header;
    if (!first_record(file_system, files, options, layout, &header)) return DataType::struct_({});
    CsvTokenizer tokenizer(options);
    std::string utf8;
    auto text = to_utf8(header, options.encoding, &utf8);
    bool is_valid = true;
    std::string_view record;
    auto rest = text;
    if (options.multi_line) {
        tokenizer.split_next(&rest, &record, &is_valid);
    } else {
        tokenizer.split_line(text, SIZE_MAX);
    }
    auto names = column_names(tokenizer.tokens(), options);
    std::vector<TypePtr> types(names.size(), DataType::string());
    if (options.infer_schema)
        types = CsvInference(file_system, files, options, header, names.size()).run();
    types::Fields fields;
    for (size_t i = 0; i < names.size(); i++) {
        fields.push_back(
            {names[i], types[i]->is(TypeId::kNull) ? DataType::string() : types[i], true, ""});
    }
    return DataType::struct_(std::move(fields));
}

}  // namespace hanok::engine
