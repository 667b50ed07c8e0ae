#pragma once
// A Resolver over tables that are only schemas, for tests of the analyzer.

#include <map>
#include <set>
#include <string>

#include "analyzer/analyzer.h"
#include "sql/parser.h"

namespace hanok::analyzer {

struct SchemaOnly final : resolved::ScanSource {};

class MemoryResolver final : public Resolver {
public:
    std::map<std::string, types::TypePtr> tables;  // by name; schema
    std::map<std::string, ResolvedView> views;
    std::map<std::string, SqlFunction> functions;
    std::map<std::string, Variable> variables;
    std::vector<std::vector<types::Value>> rows;  // what collect gives for plans with inputs
    int collected = 0;
    int looked_up = 0;

    void table(const std::string& name, const std::string& ddl) {
        tables[name] = sql::parse_table_schema(ddl);
    }

    ResolvedName table(const std::vector<std::string>& name, const plan::Options&,
        std::optional<int64_t>, std::optional<int64_t>) override {
        ++looked_up;
        auto view = views.find(types::to_lower(name.back()));
        if (view != views.end()) return view->second;
        auto found = tables.find(types::to_lower(name.back()));
        if (found == tables.end()) return std::monostate{};
        auto source = std::make_shared<SchemaOnly>();
        source->schema = found->second;
        source->format = "delta";
        source->description = name.back();
        return ResolvedTable{source, {"spark_catalog", "default", name.back()}};
    }
    resolved::ScanSourcePtr data_source(const plan::DataSource& source) override {
        auto scan = std::make_shared<SchemaOnly>();
        scan->schema = source.schema;
        scan->format = source.format;
        return scan;
    }
    std::vector<std::string> similar_tables(const std::vector<std::string>&) override { return {}; }
    std::optional<SqlFunction> sql_function(const std::vector<std::string>& name) override {
        auto found = functions.find(name.back());
        if (found == functions.end()) return std::nullopt;
        return found->second;
    }
    std::shared_ptr<const plan::PythonUdf> python_function(const std::string&) override {
        return nullptr;
    }
    std::optional<Variable> variable(const std::vector<std::string>& name) override {
        auto found = variables.find(name.back());
        if (found == variables.end()) return std::nullopt;
        return found->second;
    }
    resolved::PlanPtr run_command(const plan::CommandPtr&) override { return nullptr; }
    resolved::PlanPtr cached_relation(const std::string&) override { return nullptr; }
    resolved::PlanPtr cached_plan(const plan::RelationPtr&) override { return nullptr; }
    std::vector<std::vector<types::Value>> collect(
        const resolved::PlanPtr& plan, int64_t) override {
        ++collected;
        const resolved::Plan* p = plan.get();
        while (p->kind == resolved::PlanKind::kLimit || p->kind == resolved::PlanKind::kSort) {
            p = p->kind == resolved::PlanKind::kLimit ? p->as<resolved::Limit>().child.get()
                                                      : p->as<resolved::Sort>().child.get();
        }
        bool constant = p->kind == resolved::PlanKind::kProject &&
                        p->as<resolved::Project>().child->kind == resolved::PlanKind::kOneRow;
        if (!constant) return rows;
        std::vector<types::Value> row;
        for (const auto& c : p->as<resolved::Project>().columns) row.push_back(value_of(*c.expr));
        return {row};
    }

private:
    // Constants, casts that change nothing, negation and joined text.
    static types::Value value_of(const resolved::Expression& e) {
        if (e.kind == resolved::ExprKind::kCast) return value_of(*e.as<resolved::Cast>().child);
        if (e.kind == resolved::ExprKind::kCall) {
            const auto& call = e.as<resolved::Call>();
            if (call.function == "negative")
                return types::int_value(-value_of(*call.args[0]).as_int());
            std::string text;
            for (const auto& arg : call.args) text += value_of(*arg).as_string();
            return types::string_value(std::move(text));
        }
        return e.as<resolved::Literal>().value;
    }
};

}  // namespace hanok::analyzer
