#pragma once
// Rows as lines of text for the CSV, JSON and text writers. The formatting runs as a scalar
// function inside the query, on all its threads.

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/functions/function_lowering.h"
#include "types/data_type.h"

namespace hanok::engine {

struct TextField {
    std::string name;
    types::TypePtr type;
};

struct DateTimeTexts {
    std::string time_zone = "UTC";
    std::optional<std::string> date_format;
    std::optional<std::string> timestamp_format;
    std::optional<std::string> timestamp_ntz_format;
};

// Appends one row's line, without a line end. Immutable; used by several threads at once.
class RowText {
public:
    virtual ~RowText() = default;
    virtual void append(const std::vector<duckdb::RecursiveUnifiedVectorFormat>& columns,
        duckdb::idx_t row, std::string& out) const = 0;
};

using RowTextPtr = std::shared_ptr<const RowText>;

// Dates and times in the writers' default forms (2024-01-02T03:04:05.678Z) or by pattern.
std::string date_text(int32_t days, const DateTimeTexts& texts);
std::string timestamp_text(int64_t micros, const DateTimeTexts& texts);
std::string timestamp_ntz_text(int64_t micros, const DateTimeTexts& texts);

// Text of a scalar that is no string: numbers as Java prints them, dates and times as above,
// intervals as Spark does.
void append_scalar_text(const types::DataType& type,
    const duckdb::RecursiveUnifiedVectorFormat& column, duckdb::idx_t index,
    const DateTimeTexts& texts, std::string& out);

void register_row_text(duckdb::DatabaseInstance& instance);

// hanok_row_text(...): the line of `columns`. `text` must live until the query has run.
DuckExpr row_text_call(const RowText& text, duckdb::vector<DuckExpr> columns);

}  // namespace hanok::engine
