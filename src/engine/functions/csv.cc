// from_csv, to_csv, schema_of_csv.

#include "engine/functions/format_options.h"
#include "engine/functions/groups.h"
#include "engine/functions/json_text.h"
#include "engine/functions/map_options.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/io/csv_format.h"
#include "engine/io/csv_tokenizer.h"
#include "engine/io/malformed_record.h"
#include "engine/io/text_values.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;

namespace {

// Reads one line into the fields of a struct.
class CsvLineReader {
public:
    CsvLineReader(const types::DataType& schema, const CsvOptions& options)
        : options_(options),
          values_{options.time_zone, options.now_micros, options.nan_value,
              options.positive_infinity, options.negative_infinity, options.date_format,
              options.timestamp_format, options.timestamp_ntz_format, options.time_format},
          tokenizer_(options) {
        for (const auto& field : schema.fields()) {
            bool corrupt = field.name == options.corrupt_column;
            writers_.push_back(corrupt ? nullptr
                                       : std::make_unique<TextValueWriter>(
                                             *field.type, values_, "csv", field.name));
            if (!corrupt) ++columns_;
        }
    }

    void read(duckdb::Vector& result, idx_t row, std::string_view line) {
        bool good = tokenizer_.split_line(line, SIZE_MAX);
        const auto& tokens = tokenizer_.tokens();
        bool complete = good && tokens.size() == columns_;
        auto& fields = duckdb::StructVector::GetEntries(result);
        size_t token = 0;
        for (size_t i = 0; i < writers_.size(); ++i) {
            if (!writers_[i]) continue;
            bool there = good && token < tokens.size() && !tokens[token].is_absent &&
                         tokens[token].text != options_.null_value;
            if (there) {
                complete = writers_[i]->write(*fields[i], row, tokens[token].text) && complete;
            } else {
                FlatVector::SetNull(*fields[i], row, true);
            }
            ++token;
        }
        if (!complete && options_.mode == ParseMode::kFailFast) throw_malformed_record(line);
        for (size_t i = 0; i < writers_.size(); ++i) {
            if (writers_[i]) continue;
            if (complete) {
                FlatVector::SetNull(*fields[i], row, true);
            } else {
                FlatVector::GetData<duckdb::string_t>(*fields[i])[row] =
                    duckdb::StringVector::AddStringOrBlob(*fields[i], line.data(), line.size());
            }
        }
    }

private:
    const CsvOptions& options_;
    TextValueOptions values_;
    CsvTokenizer tokenizer_;
    std::vector<std::unique_ptr<TextValueWriter>> writers_;
    size_t columns_ = 0;
};

void add_from_csv(KernelSet& kernels) {
    add_format_kernel(kernels, "spark_from_csv", 1, duckdb::LogicalType::VARCHAR,
        [](const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
            duckdb::Vector& result) {
            QueryContext context;
            auto source = unpack_options(call.constants[0], &context);
            auto reader_options = csv_options(source, context);
            CsvLineReader reader(*call.result, reader_options);
            for (idx_t row = 0; row < count; ++row) {
                if (columns[0].is_null(row)) {
                    FlatVector::SetNull(result, row, true);
                } else {
                    reader.read(result, row, columns[0].text(row));
                }
            }
        });
}

// Quoted when it holds a delimiter, a quote or a line end, or is empty.
void append_field(std::string& out, const std::string& text, const CsvOptions& options,
    bool quote_all, const std::string& empty) {
    if (text.empty()) {
        out += empty;
        return;
    }
    bool quoted = quote_all || text.find(options.delimiter) != std::string::npos ||
                  text.find_first_of("\r\n") != std::string::npos ||
                  (options.quote != '\0' && text.find(options.quote) != std::string::npos) ||
                  text[0] == options.comment;
    if (!quoted || options.quote == '\0') {
        out += text;
        return;
    }
    out += options.quote;
    for (char c : text) {
        if (c == options.quote || c == options.escape) out += options.escape;
        out += c;
    }
    out += options.quote;
}

struct CsvTextOptions {
    CsvOptions csv;
    bool quote_all = false;
    std::string empty;
    JsonTextOptions formats;
};

CsvTextOptions read_text_options(const std::string& packed) {
    QueryContext context;
    auto source = unpack_options(packed, &context);
    CsvTextOptions out;
    out.csv = csv_options(source, context);
    out.quote_all = option_bool(source, "quoteall", false);
    out.empty = option_text(source, "emptyvalue", "\"\"");
    out.formats.time_zone = out.csv.time_zone;
    out.formats.timestamp_format = out.csv.timestamp_format.value_or(
        "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    out.formats.timestamp_ntz_format = out.csv.timestamp_ntz_format.value_or(
        "yyyy-MM-dd'T'HH:mm:ss.SSS");
    out.formats.date_format = out.csv.date_format.value_or("");
    out.formats.time_format = out.csv.time_format.value_or("");
    return out;
}

// A query has one text of options for all its rows: each thread reads it once.
const CsvTextOptions& text_options(const std::string& packed) {
    thread_local std::string last;
    thread_local CsvTextOptions options;
    if (last != packed) {
        options = read_text_options(packed);
        last = packed;
    }
    return options;
}

void add_to_csv(KernelSet& kernels) {
    add_text_kernel(kernels, "spark_to_csv", 1,
        [](const TypedCall& call, const NestedColumn& column, idx_t row, std::string& out) {
            const auto& options = text_options(call.constants[0]);
            for (size_t i = 0; i < column.child_count(); ++i) {
                if (i > 0) out += options.csv.delimiter;
                const auto& field = column.child(i);
                if (field.type().is(types::TypeId::kNull) || field.is_null(row)) {
                    out += options.csv.null_value;
                    continue;
                }
                std::string text;
                if (!append_formatted(text, field, row, options.formats))
                    append_text(text, field, row, options.csv.time_zone);
                append_field(out, text, options.csv, options.quote_all, options.empty);
            }
            return true;
        });
}

}  // namespace

void lower_csv(FunctionLowerings& l) {
    l.scalar(
        "from_csv", [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
            auto packed = pack_options(map_options(call.args, 1), context.query);
            return typed_call("spark_from_csv", {call.args[0]->type}, call.type, {packed},
                duck_list(std::move(args[0])));
        });
    l.scalar("to_csv", [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        auto packed = pack_options(map_options(call.args, 1), context.query);
        return typed_call(
            "spark_to_csv", {call.args[0]->type}, nullptr, {packed}, duck_list(std::move(args[0])));
    });
    l.scalar("schema_of_csv", [](const LowerContext& context, const resolved::Call& call,
                                  DuckExprs args) {
        auto packed = duck_constant(
            duckdb::Value(pack_options(map_options(call.args, 1), context.query)));
        return duck_call("spark_schema_of_csv", duck_list(std::move(args[0]), std::move(packed)));
    });
}

void add_csv(KernelSet& kernels) {
    add_from_csv(kernels);
    add_to_csv(kernels);
    kernels.add(
        "spark_schema_of_csv",
        [](std::string_view line, std::string_view packed) {
            QueryContext context;
            auto options = csv_options(unpack_options(std::string(packed), &context), context);
            return infer_csv_line(line, options)->sql();
        },
        Fallible::kYes);
}

}  // namespace hanok::engine
