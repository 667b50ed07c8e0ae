// format_string, format_number, sentences.

#include <unicode/brkiter.h>
#include <unicode/uchar.h>

#include "engine/functions/decimal_lowering.h"
#include "engine/functions/groups.h"
#include "engine/functions/java_format.h"
#include "engine/functions/list_result.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/utf8.h"

namespace hanok::engine {

using types::TypeId;

namespace {

FormatArgument argument(const NestedColumn& c, duckdb::idx_t row) {
    if (c.type().is(TypeId::kNull) || c.is_null(row)) return std::monostate();
    switch (c.type().id()) {
        case TypeId::kBoolean: return c.boolean(row);
        case TypeId::kByte: return IntegerArgument{c.integer(row), 1};
        case TypeId::kShort: return IntegerArgument{c.integer(row), 2};
        case TypeId::kInteger:
        case TypeId::kDate:
        case TypeId::kYearMonthInterval: return IntegerArgument{c.integer(row), 4};
        case TypeId::kLong:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz:
        case TypeId::kDayTimeInterval: return IntegerArgument{c.integer(row), 8};
        case TypeId::kTime: return IntegerArgument{c.integer(row) * 1000, 8};
        case TypeId::kFloat:
        case TypeId::kDouble: return c.real(row);
        case TypeId::kDecimal: return DecimalArgument{c.decimal(row), c.type().scale()};
        default: {
            std::string text;
            append_text(text, c, row, "UTC");
            return text;
        }
    }
}

void add_format_string(KernelSet& kernels) {
    TypedOptions options;
    options.result = duckdb::LogicalType::VARCHAR;
    options.keeps_nulls = true;
    options.is_fallible = true;
    add_typed_kernel(kernels, "spark_format_string", options,
        [](const TypedCall&, std::vector<NestedColumn>& columns, duckdb::idx_t count,
            duckdb::Vector& result) {
            auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
            for (duckdb::idx_t row = 0; row < count; ++row) {
                if (columns[0].is_null(row)) {
                    duckdb::FlatVector::SetNull(result, row, true);
                    continue;
                }
                std::vector<FormatArgument> arguments;
                for (size_t i = 1; i < columns.size(); ++i)
                    arguments.push_back(argument(columns[i], row));
                out[row] = duckdb::StringVector::AddString(
                    result, java_format(columns[0].text(row), arguments));
            }
        });
}

void add_format_number(KernelSet& kernels) {
    kernels.add("spark_format_number", [](double x, int32_t digits) -> std::optional<std::string> {
        if (digits < 0) return std::nullopt;
        return grouped_number(x, digits);
    });
    kernels.add("spark_format_number",
        [](Int128 x, int32_t scale, int32_t digits) -> std::optional<std::string> {
            if (digits < 0) return std::nullopt;
            return grouped_number(DecimalArgument{x, scale}, digits);
        });
    kernels.add("spark_format_number", [](double x, std::string_view pattern) {
        return pattern.empty() ? grouped_number(x, 0) : pattern_number(x, pattern);
    });
    kernels.add("spark_format_number", [](Int128 x, int32_t scale, std::string_view pattern) {
        DecimalArgument d{x, scale};
        return pattern.empty() ? grouped_number(d, 0) : pattern_number(d, pattern);
    });
}

// Words of one sentence: the pieces that start with a letter or a digit.
std::vector<std::string> words_of(const icu::UnicodeString& sentence, const icu::Locale& locale) {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> words(
        icu::BreakIterator::createWordInstance(locale, status));
    std::vector<std::string> out;
    words->setText(sentence);
    int32_t begin = words->first();
    for (int32_t end = words->next(); end != icu::BreakIterator::DONE;
         begin = end, end = words->next()) {
        if (!u_isalnum(sentence.char32At(begin))) continue;
        std::string word;
        sentence.tempSubStringBetween(begin, end).toUTF8String(word);
        out.push_back(word);
    }
    return out;
}

std::vector<std::vector<std::string>> sentences_of(
    std::string_view text, const icu::Locale& locale) {
    UErrorCode status = U_ZERO_ERROR;
    auto unicode = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    std::unique_ptr<icu::BreakIterator> sentences(
        icu::BreakIterator::createSentenceInstance(locale, status));
    std::vector<std::vector<std::string>> out;
    sentences->setText(unicode);
    int32_t begin = sentences->first();
    for (int32_t end = sentences->next(); end != icu::BreakIterator::DONE;
         begin = end, end = sentences->next()) {
        out.push_back(words_of(unicode.tempSubStringBetween(begin, end), locale));
    }
    return out;
}

void run_sentences(duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    duckdb::UnifiedVectorFormat formats[3];
    for (size_t i = 0; i < 3; ++i) args.data[i].ToUnifiedFormat(args.size(), formats[i]);
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
    using Text = std::optional<std::string_view>;
    for (duckdb::idx_t row = 0; row < args.size(); ++row) {
        auto text = detail::load_argument<Text>(formats[0], row);
        if (!text) {
            duckdb::FlatVector::SetNull(result, row, true);
            continue;
        }
        std::string language(detail::load_argument<Text>(formats[1], row).value_or(""));
        std::string country(detail::load_argument<Text>(formats[2], row).value_or(""));
        auto locale = language.empty() ? icu::Locale::getUS()
                                       : icu::Locale(language.c_str(),
                                             country.empty() ? nullptr : country.c_str());
        auto sentences = sentences_of(*text, locale);
        auto offset = duckdb::ListVector::GetListSize(result);
        for (const auto& sentence : sentences) {
            duckdb::ListVector::Reserve(result, duckdb::ListVector::GetListSize(result) + 1);
            auto& inner = duckdb::ListVector::GetEntry(result);
            std::vector<std::string_view> views(sentence.begin(), sentence.end());
            auto at = duckdb::ListVector::GetListSize(result);
            auto entry = append_strings(inner, views);
            duckdb::FlatVector::GetData<duckdb::list_entry_t>(inner)[at] = entry;
            duckdb::ListVector::SetListSize(result, at + 1);
        }
        out[row] = {offset, sentences.size()};
    }
}

void add_sentences(KernelSet& kernels) {
    using duckdb::LogicalType;
    duckdb::ScalarFunction f("spark_sentences",
        {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::VARCHAR},
        LogicalType::LIST(LogicalType::LIST(LogicalType::VARCHAR)), run_sentences);
    f.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
    kernels.add(std::move(f));
}

}  // namespace

void lower_string_formats(FunctionLowerings& l) {
    l.scalar("format_number",
        [](const LowerContext&, const resolved::Call& call, DuckExprs args) -> DuckExpr {
            const auto& t = *call.args[0]->type;
            if (t.is(TypeId::kDecimal)) {
                return duck_call(
                    "spark_format_number", duck_list(unscaled(std::move(args[0])),
                                               int_argument(t.scale()), std::move(args[1])));
            }
            if (t.is_integral()) {
                auto exact = duck_cast(std::move(args[0]), duckdb::LogicalType::HUGEINT);
                return duck_call("spark_format_number",
                    duck_list(std::move(exact), int_argument(0), std::move(args[1])));
            }
            args[0] = duck_cast(std::move(args[0]), duckdb::LogicalType::DOUBLE);
            return duck_call("spark_format_number", std::move(args));
        });
}

void add_string_formats(KernelSet& kernels) {
    add_format_string(kernels);
    add_format_number(kernels);
    add_sentences(kernels);
}

}  // namespace hanok::engine
