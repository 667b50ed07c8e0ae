// Python stages: what workers are told, and the table function that drives them.

#include <algorithm>

#include "base/error.h"
#include "engine/arrow_result/arrow_schema.h"
#include "engine/lowering/lowering.h"
#include "engine/lowering/placed.h"
#include "engine/python/analyze_table.h"
#include "engine/python/script_function.h"
#include "engine/python/stage_function.h"
#include "engine/python/stage_spec.h"
#include "engine/python/worker_settings.h"
#include "engine/query.h"
#include "engine/types/logical_types.h"
#include "resolved/python_eval_type.h"

namespace hanok::engine {

namespace eval_type = resolved::eval_type;
using resolved::PythonShape;

namespace {

// The offset of each argument; `of` looks a column up.
template <class F>
python::Command command_of(const resolved::PythonUdf& udf, F of) {
    python::Command command;
    const auto* inner = &udf;
    std::vector<std::string> outer_first{udf.command};
    while (inner->args.size() == 1 && inner->args[0]->kind == resolved::ExprKind::kPythonUdf) {
        inner = &inner->args[0]->as<resolved::PythonUdf>();
        outer_first.push_back(inner->command);
    }
    command.functions.assign(outer_first.rbegin(), outer_first.rend());
    for (size_t i = 0; i < inner->args.size(); ++i) {
        auto id = inner->args[i]->as<resolved::AttributeRef>().id;
        auto name = i < inner->arg_names.size() ? inner->arg_names[i] : "";
        command.args.push_back({of(id), name});
    }
    return command;
}

int position(const resolved::Attributes& columns, resolved::AttributeId id) {
    for (size_t i = 0; i < columns.size(); ++i)
        if (columns[i].id == id) return static_cast<int>(i);
    throw internal_error("a Python function's argument is no column of its input");
}

resolved::Attributes numbered(resolved::Attributes columns) {
    for (size_t i = 0; i < columns.size(); ++i) columns[i].name = "_" + std::to_string(i);
    return columns;
}

// The offsets of a group map's keys and values, as its worker wants them for each side.
python::Command group_command(const resolved::PythonStage& stage) {
    python::Command command;
    command.functions = {stage.functions.at(0)->command};
    auto add = [&](int64_t number) { command.args.push_back({static_cast<int>(number), ""}); };
    for (const auto& group : stage.groups) {
        add(static_cast<int64_t>(1 + group.keys.size() + group.values));
        add(static_cast<int64_t>(group.keys.size()));
        for (auto key : group.keys) add(position(group.fields, key));
        for (size_t i = 0; i < group.values; ++i) add(static_cast<int64_t>(i));
    }
    return command;
}

bool wraps_rows(int type) {
    return type == eval_type::kMapPandasIter || type == eval_type::kMapArrowIter ||
           type == eval_type::kGroupedMapArrow || type == eval_type::kGroupedMapArrowIter;
}

class SpecBuilder {
public:
    SpecBuilder(const resolved::PythonStage& stage, const QueryContext& query)
        : stage_(stage), query_(query), spec_(std::make_shared<PythonStageSpec>()) {}

    std::shared_ptr<PythonStageSpec> build() {
        spec_->shape = stage_.shape;
        spec_->max_records_per_batch = std::max<int64_t>(
            1, worker_setting(query_, "spark.sql.execution.arrow.maxRecordsPerBatch", 10000));
        task();
        if (spec_->is_pickled) {
            spec_->max_records_per_batch = std::max<int64_t>(1,
                worker_setting(query_, "spark.sql.execution.python.udf.maxRecordsPerBatch", 100));
        }
        if (spec_->has_groups()) {
            for (const auto& group : stage_.groups) add_group(group);
        } else {
            add_rows();
        }
        outputs();
        return std::move(spec_);
    }

private:
    void task() {
        const auto& first = *stage_.functions.at(0);
        auto& task = spec_->task;
        task.eval_type = first.eval_type;
        task.python_version = first.python_version;
        task.files = added_files(query_);
        task.runner_conf = worker_settings(query_);
        task.silence_limit_ms =
            1000 * worker_setting(query_, "spark.sql.execution.pyspark.udf.idleTimeoutSeconds", 0);
        spec_->one_stream = stage_.shape == PythonShape::kMap ||
                            eval_type::is_iterator(first.eval_type);
        spec_->rows_in_tuples = first.eval_type == eval_type::kTable;
        spec_->is_pickled = first.eval_type == eval_type::kBatched || spec_->rows_in_tuples;
        spec_->wraps_rows = wraps_rows(first.eval_type);
        spec_->unwraps_results = !spec_->is_aligned();
        bool whole_groups = stage_.shape == PythonShape::kGroupedMap ||
                            stage_.shape == PythonShape::kCogroupedMap;
        for (const auto& function : stage_.functions) {
            if (whole_groups) {
                task.commands.push_back(group_command(stage_));
            } else if (stage_.shape == PythonShape::kMap) {
                task.commands.push_back({{{0, ""}}, {function->command}});
            } else {
                const auto& columns = stage_.groups.empty() ? stage_.arguments
                                                            : stage_.groups[0].fields;
                task.commands.push_back(command_of(
                    *function, [&](resolved::AttributeId id) { return position(columns, id); }));
            }
        }
        if (is_table(first.eval_type)) table_function();
        std::string bounds;
        for (bool bounded : stage_.bounded)
            bounds += (bounds.empty() ? "" : ",") + std::string(bounded ? "bounded" : "unbounded");
        if (!bounds.empty()) task.runner_conf.emplace_back("window_bound_types", bounds);
    }

    static bool is_table(int type) { return type >= eval_type::kTable; }

    // What a table function's worker reads in the place of functions.
    void table_function() {
        const auto& udf = *stage_.functions.at(0);
        auto& out = spec_->task.raw_commands;
        python::put_int(&out, static_cast<int32_t>(udf.args.size()));
        for (size_t i = 0; i < udf.args.size(); ++i) {
            const auto& name = udf.arg_names[i];
            python::put_int(&out, static_cast<int32_t>(i));
            python::put_bool(&out, !name.empty());
            if (!name.empty()) python::put_text(&out, name);
        }
        size_t first_key = stage_.groups.empty() ? 0 : stage_.groups[0].values;
        size_t keys = stage_.groups.empty() ? 0 : stage_.groups[0].keys.size();
        python::put_int(&out, static_cast<int32_t>(keys));
        for (size_t i = 0; i < keys; ++i)
            python::put_int(&out, static_cast<int32_t>(first_key + i));
        // What its `analyze` method said stands behind the names of the arguments.
        bool is_analyzed = udf.arg_names.size() > udf.args.size();
        python::put_bool(&out, is_analyzed);
        if (is_analyzed) python::put_text(&out, udf.arg_names.back());
        python::put_text(&out, udf.command);
        python::put_text(&out, udf.type->json());
        python::put_text(&out, udf.name);
        std::string tables;
        for (size_t i = 0; i < stage_.arguments.size() && !stage_.groups.empty(); ++i)
            if (stage_.arguments[i].type->is(types::TypeId::kStruct))
                tables += (tables.empty() ? "" : ",") + std::to_string(i);
        if (udf.eval_type == eval_type::kArrowNativeTable)
            spec_->task.eval_conf.emplace_back("table_arg_offsets", tables);
    }

    duckdb::idx_t child_position(resolved::AttributeId id) const {
        return static_cast<duckdb::idx_t>(position(stage_.child->output, id));
    }

    void add_rows() {
        PythonStageSpec::Input input;
        bool keeps_names = stage_.shape == PythonShape::kMap && !is_table(spec_->task.eval_type);
        auto columns = keeps_names ? stage_.arguments : numbered(stage_.arguments);
        types::Fields fields;
        for (const auto& a : columns) {
            input.positions.push_back(child_position(a.id));
            input.types.push_back(to_logical_type(*a.type));
            fields.push_back({a.name, a.type, a.nullable, ""});
        }
        input.schema = to_arrow_schema(columns, query_);
        input.row_type = types::DataType::struct_(std::move(fields));
        if (spec_->task.eval_type == eval_type::kArrowBatched ||
            spec_->task.eval_type == eval_type::kArrowTable)
            spec_->task.eval_conf.emplace_back("input_type", input.row_type->json());
        spec_->inputs.push_back(std::move(input));
    }

    void add_group(const resolved::PythonGroup& group) {
        PythonStageSpec::Input input;
        bool keeps_names = stage_.shape != PythonShape::kGroupedAggregate &&
                           stage_.shape != PythonShape::kWindowAggregate;
        auto fields = keeps_names ? group.fields : numbered(group.fields);
        input.group_schema = to_arrow_schema(fields, query_);
        const auto& rows = stage_.child->output[child_position(group.rows)];
        input.positions = {child_position(group.rows)};
        input.types = {to_logical_type(*rows.type)};
        input.schema = to_arrow_schema({rows}, query_);
        spec_->inputs.push_back(std::move(input));
    }

    bool set_partitions() {
        if (stage_.child->kind != resolved::PlanKind::kRepartition) return false;
        const auto& node = stage_.child->as<resolved::Repartition>();
        if (node.expressions.size() != 1 || node.expressions[0]->kind != resolved::ExprKind::kCall)
            return false;
        const auto& rule = node.expressions[0]->as<resolved::Call>();
        if (rule.function != kPythonPartitions) return false;
        spec_->partition = child_position(rule.args[0]->as<resolved::AttributeRef>().id);
        spec_->partitions = *node.num_partitions;
        return true;
    }

    void outputs() {
        size_t passed = stage_.output.size() - stage_.results.size();
        if (set_partitions()) passed = 0;
        bool from_group = stage_.shape == PythonShape::kWindowAggregate;
        for (size_t i = 0; i < passed; ++i) {
            const auto& a = stage_.output[i];
            spec_->passed.push_back(
                from_group ? static_cast<duckdb::idx_t>(position(stage_.groups[0].fields, a.id))
                           : child_position(a.id));
            spec_->passed_types.push_back(to_logical_type(*a.type));
        }
        for (const auto& a : stage_.results) {
            spec_->results.push_back(a.type);
            spec_->result_types.push_back(to_logical_type(*a.type));
        }
    }

    const resolved::PythonStage& stage_;
    const QueryContext& query_;
    std::shared_ptr<PythonStageSpec> spec_;
};

std::shared_ptr<const void> stage_spec(const resolved::PythonStage& stage,
    const QueryContext& query, const std::vector<std::string>& names, const Instance& instance) {
    auto spec = SpecBuilder(stage, query).build();
    spec->pool = instance.workers();
    auto& version = spec->task.python_version;
    version = worker_version(*spec->pool, version);
    spec->names.assign(names.begin(), names.end());
    return spec;
}

std::shared_ptr<const void> script_spec(const resolved::PythonStage& stage,
    const std::vector<std::string>& names, const Instance& instance) {
    auto spec = std::make_shared<ScriptSpec>();
    spec->command = stage.functions[0]->command;
    spec->column = names.at(0);
    spec->pool = instance.workers();
    return spec;
}

// DuckDB emits it on one thread, in order: so the whole pipeline runs on one. Workers are parallel.
DuckExpr row_number() {
    auto window = duckdb::make_uniq<duckdb::WindowExpression>(
        duckdb::ExpressionType::WINDOW_ROW_NUMBER, INVALID_CATALOG, INVALID_SCHEMA, "row_number");
    window->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    window->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
    return window;
}

}  // namespace

DuckNode Lowering::lower_python_stage(const resolved::PythonStage& stage) {
    if (stage.functions.at(0)->eval_type == eval_type::kAnalyzeTable)
        return lower_values(analyzed_table(*instance_.workers(), context_.query, stage));
    std::vector<std::string> names;
    for (const auto& a : stage.output) names.push_back(column_name(a.id));
    bool is_script = stage.functions[0]->eval_type == eval_type::kScript;
    auto spec = is_script ? script_spec(stage, names, instance_)
                          : stage_spec(stage, context_.query, names, instance_);

    auto rows = duckdb::make_uniq<duckdb::SelectNode>();
    rows->from_table = lower_filtered_table(stage.child, &rows->where_clause);
    select_columns(stage.child->output, rows.get());
    rows->select_list.push_back(named(row_number(), "n"));
    auto input = duckdb::make_uniq<duckdb::SubqueryExpression>();
    input->subquery_type = duckdb::SubqueryType::SCALAR;
    input->subquery = select_statement(std::move(rows));
    auto pointer = duck_compare(duckdb::ExpressionType::COMPARE_EQUAL,
        duckdb::make_uniq<duckdb::ColumnRefExpression>("spec"),
        duck_constant(duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(spec.get()))));
    auto function = duckdb::make_uniq<duckdb::TableFunctionRef>();
    function->function = duck_call(is_script ? kScriptFunction : kPythonFunction,
        duck_list(DuckExpr(std::move(input)), std::move(pointer)));
    function->alias = next_table_name();
    result_.keep_alive.push_back(spec);
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    node->from_table = std::move(function);
    select_columns(stage.output, node.get());
    return node;
}

}  // namespace hanok::engine
