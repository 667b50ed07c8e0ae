#include "engine/io/jdbc_scan.h"

#include <atomic>
#include <duckdb/function/table_function.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/planner/operator/logical_get.hpp>

#include "base/error.h"
#include "engine/io/jdbc_filter.h"
#include "engine/io/jdbc_values.h"
#include "engine/io/scan_columns.h"
#include "engine/io/scan_ref.h"
#include "engine/io/skipping_predicate.h"
#include "jdbc/connection.h"
#include "jdbc/dialect.h"

namespace hanok::engine {

namespace {

using duckdb::idx_t;

class JdbcScan final : public DataScan {
public:
    JdbcScan(const resolved::Scan& scan, const JdbcScanSource& source,
        const std::vector<std::string>& column_names, const QueryContext& context)
        : options(source.options), native(source.columns), clauses(source.clauses) {
        columns_ = scan_columns(scan, column_names, *source.schema);
        values.time_zone = context.time_zone;
        values.now_micros = context.now_micros;
        for (size_t i = 0; i < clauses.size(); ++i) {
            ScanFile part;
            part.path = "jdbc:" + std::to_string(i);
            files_.push_back(std::move(part));
        }
    }

    duckdb::Value partition_value(size_t, const ScanColumn& column) const override {
        return duckdb::Value(column.logical_type);
    }
    bool has_statistics() const override { return options->push_down_predicate; }

    std::shared_ptr<const jdbc::Options> options;
    std::vector<jdbc::Column> native;
    std::vector<std::string> clauses;
    TextValueOptions values;
};

struct JdbcBind final : duckdb::TableFunctionData {
    std::shared_ptr<const JdbcScan> scan;
    std::string filter;  // SQL of what was pushed down

    duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
        auto copy = duckdb::make_uniq<JdbcBind>();
        copy->scan = scan;
        copy->filter = filter;
        return copy;
    }
    bool Equals(const duckdb::FunctionData& other) const override {
        const auto& bound = static_cast<const JdbcBind&>(other);
        return scan == bound.scan && filter == bound.filter;
    }
};

struct JdbcGlobal final : duckdb::GlobalTableFunctionState {
    size_t num_parts = 0;
    std::atomic<size_t> next_part{0};
    std::vector<const ScanColumn*> needed;
    std::vector<idx_t> places;  // in the output
    std::vector<std::pair<idx_t, const ScanColumn*>> constants;

    idx_t MaxThreads() const override { return std::max<idx_t>(1, num_parts); }
};

struct JdbcLocal final : duckdb::LocalTableFunctionState {
    std::unique_ptr<jdbc::Connection> connection;
    std::unique_ptr<jdbc::Cursor> cursor;
    std::vector<JdbcValueReader> readers;
    size_t part = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&,
    duckdb::TableFunctionBindInput& input, duckdb::vector<duckdb::LogicalType>& types,
    duckdb::vector<std::string>& names) {
    auto result = duckdb::make_uniq<JdbcBind>();
    result->scan = std::static_pointer_cast<const JdbcScan>(scan_of_argument(input.inputs[0]));
    for (const auto& column : result->scan->columns()) {
        names.push_back(column.name);
        types.push_back(column.logical_type);
    }
    return result;
}

// The filters stay in the plan: what the database drops for us are rows that they drop.
void pushdown(duckdb::ClientContext&, duckdb::LogicalGet& get, duckdb::FunctionData* data,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) {
    auto& bound = static_cast<JdbcBind&>(*data);
    if (!bound.scan->options->push_down_predicate) return;
    duckdb::vector<duckdb::column_t> ids;
    for (const auto& id : get.GetColumnIds()) ids.push_back(id.GetPrimaryIndex());
    FilterColumns columns{get.table_index, ids};
    JdbcFilter texts(
        bound.scan->options->parsed.database, bound.scan->columns(), bound.scan->native);
    for (const auto& filter : filters) {
        if (filter->IsVolatile()) continue;
        auto text = texts.sql(*predicate_of(*filter, *bound.scan, columns));
        if (!text) continue;
        bound.filter += (bound.filter.empty() ? "" : " AND ") + *text;
    }
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    const auto& bound = input.bind_data->Cast<JdbcBind>();
    auto result = duckdb::make_uniq<JdbcGlobal>();
    result->num_parts = bound.scan->num_files();
    for (idx_t place = 0; place < input.column_ids.size(); place++) {
        if (duckdb::IsVirtualColumn(input.column_ids[place])) continue;
        const auto& column = bound.scan->columns()[input.column_ids[place]];
        if (column.kind == ScanColumnKind::kData) {
            result->needed.push_back(&column);
            result->places.push_back(place);
        } else {
            result->constants.emplace_back(place, &column);
        }
    }
    return result;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(
    duckdb::ExecutionContext&, duckdb::TableFunctionInitInput&, duckdb::GlobalTableFunctionState*) {
    return duckdb::make_uniq<JdbcLocal>();
}

std::string statement(const JdbcBind& bound, const JdbcGlobal& global, size_t part) {
    const auto& options = *bound.scan->options;
    std::string columns;
    for (const auto* column : global.needed) {
        columns += (columns.empty() ? "" : ",") +
                   jdbc::quoted(options.parsed.database, column->in_file.name);
    }
    std::string where;
    for (const std::string& clause : {bound.filter, bound.scan->clauses[part]}) {
        if (!clause.empty()) where += (where.empty() ? " WHERE (" : " AND (") + clause + ")";
    }
    return "SELECT " + (columns.empty() ? "1" : columns) + " FROM " + options.table + where;
}

bool open_part(const JdbcBind& bound, JdbcGlobal& global, JdbcLocal& local) {
    local.part = global.next_part++;
    if (local.part >= global.num_parts) return false;
    const auto& options = *bound.scan->options;
    if (!local.connection) {
        local.connection = jdbc::connect(options);
        for (const auto* column : global.needed)
            local.readers.emplace_back(*column, bound.scan->values, options);
    }
    local.cursor = local.connection->query(statement(bound, global, local.part));
    return true;
}

void scan_rows(
    duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    auto& global = input.global_state->Cast<JdbcGlobal>();
    auto& local = input.local_state->Cast<JdbcLocal>();
    const auto& bound = input.bind_data->Cast<JdbcBind>();
    idx_t rows = 0;
    while (rows == 0) {
        if (context.interrupted) throw duckdb::InterruptException();
        if (!local.cursor && !open_part(bound, global, local)) break;
        while (rows < STANDARD_VECTOR_SIZE && local.cursor->next()) {
            for (size_t i = 0; i < local.readers.size(); i++)
                local.readers[i].read(output.data[global.places[i]], rows, local.cursor->cell(i));
            ++rows;
        }
        if (rows < STANDARD_VECTOR_SIZE) local.cursor.reset();
    }
    for (const auto& [place, column] : global.constants)
        output.data[place].Reference(bound.scan->file_constant(local.part, *column));
    output.SetCardinality(rows);
}

// Rows keep the order of parts.
duckdb::OperatorPartitionData partition_data(
    duckdb::ClientContext&, duckdb::TableFunctionGetPartitionInput& input) {
    return duckdb::OperatorPartitionData(input.local_state->Cast<JdbcLocal>().part);
}

}  // namespace

void register_jdbc_scan(duckdb::DatabaseInstance& instance) {
    duckdb::ExtensionLoader loader(instance, "hanok_io");
    duckdb::TableFunction function("hanok_jdbc_scan", {duckdb::LogicalType::UBIGINT},
        carrying_errors<scan_rows>, bind, init_global, init_local);
    function.projection_pushdown = true;
    function.pushdown_complex_filter = pushdown;
    function.get_partition_data = partition_data;
    loader.RegisterFunction(function);
}

duckdb::unique_ptr<duckdb::TableRef> jdbc_scan_ref(const resolved::Scan& scan,
    const JdbcScanSource& source, const std::vector<std::string>& column_names,
    const QueryContext& context, const std::string& alias) {
    return scan_ref("hanok_jdbc_scan",
        std::make_shared<const JdbcScan>(scan, source, column_names, context), alias);
}

}  // namespace hanok::engine
