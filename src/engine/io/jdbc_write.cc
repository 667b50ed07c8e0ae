#include "engine/io/jdbc_write.h"

#include <sstream>

#include "base/error.h"
#include "engine/functions/cast.h"
#include "engine/io/write_plan.h"
#include "jdbc/insert.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using jdbc::CellKind;
using types::TypeId;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

// Types whose text the engine makes; the others are read from their vectors.
bool is_sent_as_text(const types::DataType& type) {
    return type.is(TypeId::kDecimal) || type.is(TypeId::kArray) || type.is_ansi_interval() ||
           type.is(TypeId::kTime);
}

class JdbcWriter {
public:
    explicit JdbcWriter(WriteInput input)
        : input_(std::move(input)),
          options_(jdbc::parse_options(input_.spec.options, true)),
          inserter_(options_, lines_of(input_.spec.options.at(kJdbcColumns))) {}

    std::vector<WrittenFile> run() {
        check_cancelled(input_);
        auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
        statement->node = select_from_input(input_, select_list());
        auto result = run_statement(input_, std::move(statement), true);
        WrittenFile out;
        std::vector<jdbc::Value> row(input_.attributes.size());
        while (auto chunk = result->Fetch()) {
            check_cancelled(input_);
            chunk->Flatten();
            for (idx_t i = 0; i < chunk->size(); i++) {
                for (size_t c = 0; c < row.size(); c++) row[c] = value(chunk->data[c], i, c);
                inserter_.add(row);
            }
            out.num_rows += int64_t(chunk->size());
        }
        inserter_.finish();
        return {out};
    }

private:
    duckdb::vector<DuckExpr> select_list() {
        duckdb::vector<DuckExpr> list;
        for (size_t i = 0; i < input_.attributes.size(); ++i) {
            const auto& type = *input_.attributes[i].type;
            auto column = input_column(input_, i);
            if (type.is(TypeId::kArray)) {
                list.push_back(array_text(std::move(column), type));
            } else if (is_sent_as_text(type)) {
                LowerContext context{input_.context};
                list.push_back(lower_cast(context, std::move(column), type,
                    *types::DataType::string(), resolved::CastMode::kLegacy));
            } else {
                list.push_back(std::move(column));
            }
        }
        return list;
    }

    // PostgreSQL's form of an array: JSON with other brackets and escapes; the others have none.
    DuckExpr array_text(DuckExpr column, const types::DataType& type) const {
        const auto& element = *type.element();
        bool simple = element.is_integral() || element.is(TypeId::kBoolean) ||
                      element.is(TypeId::kString) || element.is(TypeId::kFloat) ||
                      element.is(TypeId::kDouble) || element.is(TypeId::kDate);
        if (!simple) throw unsupported_feature("writing " + type.sql() + " to a database");
        auto json = duck_call("to_json", duck_list(std::move(column)));
        auto text = duck_cast(std::move(json), duckdb::LogicalType::VARCHAR);
        // Brackets stand at the ends alone: elements are no arrays.
        auto inner = duck_call("substr", duck_list(std::move(text), integer(2)));
        auto cut = duck_call(
            "regexp_replace", duck_list(std::move(inner), duck_constant(duckdb::Value("\\]$")),
                                  duck_constant(duckdb::Value("}"))));
        return duck_call("||", duck_list(duck_constant(duckdb::Value("{")), std::move(cut)));
    }
    static DuckExpr integer(int64_t value) { return duck_constant(duckdb::Value::BIGINT(value)); }

    jdbc::Value value(duckdb::Vector& vector, idx_t row, size_t column) const {
        jdbc::Value out;
        if (FlatVector::IsNull(vector, row)) return out;
        const auto& type = *input_.attributes[column].type;
        auto whole = [&](int64_t x) { out.kind = CellKind::kInteger, out.integer = x; };
        auto text = [&](std::string x) { out.kind = CellKind::kText, out.text = std::move(x); };
        switch (is_sent_as_text(type) ? TypeId::kString : type.id()) {
            case TypeId::kBoolean:
                whole(FlatVector::GetData<bool>(vector)[row] ? 1 : 0);
                out.kind = CellKind::kBoolean;
                break;
            case TypeId::kByte: whole(FlatVector::GetData<int8_t>(vector)[row]); break;
            case TypeId::kShort: whole(FlatVector::GetData<int16_t>(vector)[row]); break;
            case TypeId::kInteger: whole(FlatVector::GetData<int32_t>(vector)[row]); break;
            case TypeId::kLong: whole(FlatVector::GetData<int64_t>(vector)[row]); break;
            case TypeId::kFloat: real(FlatVector::GetData<float>(vector)[row], &out); break;
            case TypeId::kDouble: real(FlatVector::GetData<double>(vector)[row], &out); break;
            case TypeId::kDate:
                text(types::date_to_string(FlatVector::GetData<int32_t>(vector)[row]));
                break;
            case TypeId::kTimestamp:
                text(instant(FlatVector::GetData<int64_t>(vector)[row], column));
                break;
            case TypeId::kTimestampNtz:
                text(types::timestamp_ntz_to_string(FlatVector::GetData<int64_t>(vector)[row]));
                break;
            default:
                text(FlatVector::GetData<duckdb::string_t>(vector)[row].GetString());
                if (type.is(TypeId::kBinary)) out.kind = CellKind::kBytes;
        }
        return out;
    }

    static void real(double x, jdbc::Value* out) {
        out->kind = CellKind::kReal;
        out->real = x;
    }

    std::string instant(int64_t micros, size_t column) const {
        auto form = inserter_.instant_text(column);
        if (form == jdbc::InstantText::kWallClock)
            return types::timestamp_to_string(micros, input_.context.time_zone);
        std::string utc = types::timestamp_ntz_to_string(micros);
        return form == jdbc::InstantText::kUtc ? utc : utc + "+00";
    }

    WriteInput input_;
    jdbc::Options options_;
    jdbc::Inserter inserter_;
};

}  // namespace

std::vector<WrittenFile> write_jdbc(WriteInput input) { return JdbcWriter(std::move(input)).run(); }

}  // namespace hanok::engine
