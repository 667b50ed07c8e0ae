#pragma once
// What the tests of scans and writers share: an instance with our table functions, scans as rows of
// text, a folder.

#include <gtest/gtest.h>

#include <duckdb.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/star_expression.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <filesystem>

#include "base/error.h"
#include "base/ids.h"
#include "engine/engine.h"
#include "engine/functions/function_lowering.h"
#include "engine/io/scan.h"
#include "engine/io/write.h"
#include "engine/scan_sources.h"
#include "resolved/plan.h"

namespace hanok::engine {

using Rows = std::vector<std::string>;  // one text a row, columns separated by "|"

class IoTest : public testing::Test {
protected:
    IoTest() : database_(nullptr), connection_(database_) {
        register_io(*database_.instance);
        register_kernels(*database_.instance);
        folder_ = std::filesystem::temp_directory_path() /
                  ("hanok_io_" + base::new_uuid(base::SystemRandom::instance()));
        std::filesystem::create_directories(folder_);
    }
    ~IoTest() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    void sql(const std::string& text) {
        auto result = connection_.Query(text);
        ASSERT_FALSE(result->HasError()) << result->GetError();
    }

    static types::StructField field(const std::string& name, types::TypePtr type) {
        return {name, std::move(type), true, ""};
    }

    std::shared_ptr<FileScanSource> file_source(const std::string& format,
        const std::vector<std::string>& files, types::Fields fields,
        std::map<std::string, std::string> options = {}) {
        auto source = std::make_shared<FileScanSource>();
        source->format = format;
        source->schema = types::DataType::struct_(fields);
        source->data_schema = source->schema;
        source->options = std::move(options);
        for (const auto& file : files) {
            FileScanSource::File entry;
            entry.path = file;
            std::error_code error;
            entry.size_bytes = int64_t(std::filesystem::file_size(file, error));
            source->files.push_back(std::move(entry));
        }
        return source;
    }

    static resolved::Scan scan_of(const resolved::ScanSourcePtr& source,
        std::vector<std::string> columns = {}, const types::Fields& extra = {}) {
        resolved::Scan scan;
        scan.source = source;
        auto fields = source->schema->fields();
        fields.insert(fields.end(), extra.begin(), extra.end());
        if (columns.empty()) {
            for (const auto& f : source->schema->fields()) columns.push_back(f.name);
        }
        int64_t id = 1;
        for (const auto& name : columns) {
            for (const auto& f : fields) {
                if (f.name != name) continue;
                resolved::Attribute attribute;
                attribute.id = resolved::AttributeId(id++);
                attribute.name = name;
                attribute.type = f.type;
                scan.output.push_back(attribute);
            }
        }
        scan.columns = std::move(columns);
        return scan;
    }

    // SELECT * FROM the scan under its columns' own names, [WHERE condition].
    duckdb::unique_ptr<duckdb::SelectNode> select_node(
        const resolved::Scan& scan, const std::string& condition = "") {
        LowerContext context{context_};
        auto node = duckdb::make_uniq<duckdb::SelectNode>();
        node->from_table = lower_scan(context, scan, "t", scan.columns);
        for (const auto& name : scan.columns) {
            node->select_list.push_back(duckdb::make_uniq<duckdb::ColumnRefExpression>(name, "t"));
        }
        if (!condition.empty())
            node->where_clause = duckdb::Parser::ParseExpressionList(condition)[0]->Copy();
        return node;
    }

    Rows rows(const resolved::Scan& scan, const std::string& condition = "") {
        auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
        statement->node = select_node(scan, condition);
        auto result = connection_.Query(std::move(statement));
        if (result->HasError()) result->ThrowError();
        return rows_of(*result);
    }

    static Rows rows_of(duckdb::QueryResult& result) {
        Rows rows;
        while (auto chunk = result.Fetch()) {
            for (duckdb::idx_t r = 0; r < chunk->size(); r++) {
                std::string row;
                for (duckdb::idx_t c = 0; c < chunk->ColumnCount(); c++) {
                    row += (c ? "|" : "") + chunk->GetValue(c, r).ToString();
                }
                rows.push_back(std::move(row));
            }
        }
        return rows;
    }

    // Runs a SELECT whose columns have `attributes`' types into files.
    std::vector<WrittenFile> write(
        const std::string& query, const types::Fields& fields, const WriteSpec& spec) {
        auto statements = connection_.ExtractStatements(query);
        resolved::Attributes attributes;
        std::vector<std::string> names;
        for (const auto& f : fields) {
            resolved::Attribute attribute;
            attribute.id = resolved::AttributeId(int64_t(names.size()));
            attribute.name = f.name;
            attribute.type = f.type;
            attributes.push_back(attribute);
            names.push_back("c" + std::to_string(names.size()));
        }
        std::function<bool()> is_cancelled = [this] { return cancelled_; };
        auto node = std::move(statements[0]->Cast<duckdb::SelectStatement>().node);
        return write_files(
            {connection_, std::move(node), attributes, names, spec, context_, is_cancelled});
    }

    bool cancelled_ = false;
    duckdb::DuckDB database_;
    duckdb::Connection connection_;
    std::filesystem::path folder_;
    QueryContext context_;
};

}  // namespace hanok::engine
