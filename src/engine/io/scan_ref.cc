#include "engine/io/scan_ref.h"

#include <duckdb/main/external_dependencies.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

namespace hanok::engine {

namespace {

struct ScanHolder final : duckdb::DependencyItem {
    explicit ScanHolder(DataScanPtr held) : scan(std::move(held)) {}
    DataScanPtr scan;
};

}  // namespace

duckdb::unique_ptr<duckdb::TableRef> scan_ref(
    const std::string& function, const DataScanPtr& scan, const std::string& alias) {
    auto ref = duckdb::make_uniq<duckdb::TableFunctionRef>();
    duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> arguments;
    arguments.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(
        duckdb::Value::UBIGINT(uint64_t(reinterpret_cast<uintptr_t>(scan.get())))));
    ref->function = duckdb::make_uniq<duckdb::FunctionExpression>(function, std::move(arguments));
    ref->alias = alias;
    ref->external_dependency = duckdb::make_shared_ptr<duckdb::ExternalDependency>();
    ref->external_dependency->AddDependency("scan", duckdb::make_shared_ptr<ScanHolder>(scan));
    return ref;
}

DataScanPtr scan_of_argument(const duckdb::Value& argument) {
    return reinterpret_cast<const DataScan*>(uintptr_t(argument.GetValue<uint64_t>()))
        ->shared_from_this();
}

}  // namespace hanok::engine
