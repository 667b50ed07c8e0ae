#pragma once
// What every format's writer shares: the query with partition texts, running it under cancellation,
// file names, and bringing files into their partition folders.

#include <duckdb.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/functions/function_lowering.h"
#include "engine/io/file_schema.h"
#include "engine/io/write.h"

namespace hanok::engine {

// Text of a partition column's value; NULL for NULL and "" (both are __HIVE_DEFAULT_PARTITION__).
DuckExpr partition_text(DuckExpr column, const types::DataType& type, const WriteInput& input);

// A column of the input query as the outer SELECT sees it.
DuckExpr input_column(const WriteInput& input, size_t index);

// SELECT select_list FROM (query). Takes the query out of the input.
duckdb::unique_ptr<duckdb::SelectNode> select_from_input(
    WriteInput& input, duckdb::vector<DuckExpr> select_list);

// Runs to the end, polling is_cancelled. Throws what DuckDB throws, or Error OPERATION_CANCELED.
duckdb::unique_ptr<duckdb::QueryResult> run_statement(
    const WriteInput& input, duckdb::unique_ptr<duckdb::SQLStatement> statement, bool stream);
void check_cancelled(const WriteInput& input);

// A name that is part of all file names of one write and of no other.
std::string new_write_id();
// "part-00000-<write id>-c000"
std::string file_stem(int64_t number, const std::string& write_id);
// "a=1/b=x" for the partition columns' names in the files.
std::string partition_path(
    const std::vector<std::string>& names, const std::vector<std::optional<std::string>>& values);

// Names in the files of spec.partition_columns, in that order, and their input columns.
std::vector<const FileColumn*> partition_columns_in_order(
    const std::vector<FileColumn>& columns, const WriteInput& input);

// SELECT list, texts of the partition columns; rows of a partition together, so that few files are
// open at a time. Takes the query out of the input.
duckdb::unique_ptr<duckdb::SQLStatement> partitions_together(WriteInput& input,
    duckdb::vector<DuckExpr> list, const std::vector<const FileColumn*>& partitions);

// Those texts in a row of its (flat) answer: `count` columns from `first` on.
using PartitionTexts = std::vector<std::optional<std::string>>;
PartitionTexts partition_texts(
    duckdb::DataChunk& chunk, duckdb::idx_t row, size_t first, size_t count);

}  // namespace hanok::engine
