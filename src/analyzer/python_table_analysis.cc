#include "analyzer/python_table_analysis.h"

#include "resolved/python_analysis.h"
#include "resolved/python_eval_type.h"
#include "sql/parser.h"
#include "types/geo.h"

namespace hanok::analyzer {

using types::DataType;

namespace {

types::Fields order_fields() {
    return {{"expression", DataType::string(), false, ""},
        {"ascending", DataType::boolean(), false, ""}, {"nulls", DataType::integer(), false, ""}};
}

types::Fields select_fields() {
    return {
        {"expression", DataType::string(), false, ""}, {"alias", DataType::string(), false, ""}};
}

resolved::Attributes analysis_columns() {
    resolved::Attributes out;
    auto add = [&](const char* name, types::TypePtr type) {
        out.push_back(Analyzer::Impl::new_attribute(name, std::move(type), false));
    };
    add("schema", DataType::string());
    add("pickled", DataType::binary());
    add("single", DataType::boolean());
    add("partition", DataType::array(DataType::string(), false));
    add("ordering", DataType::array(DataType::struct_(order_fields()), false));
    add("selected", DataType::array(DataType::struct_(select_fields()), false));
    return out;
}

bool has_python_value(const DataType& type) {
    if (types::is_geo(type)) return false;
    switch (type.id()) {
        case types::TypeId::kMap:
        case types::TypeId::kVariant:
        case types::TypeId::kCalendarInterval: return false;
        case types::TypeId::kArray: return has_python_value(*type.element());
        case types::TypeId::kStruct:
            for (const auto& field : type.fields())
                if (!has_python_value(*field.type)) return false;
            return true;
        default: return true;
    }
}

resolved::ExprPtr shown_argument(Analyzer::Impl& impl, const AnalyzedArgument& arg) {
    const auto& type = arg.value->type;
    if (!arg.is_table && resolved::is_foldable(*arg.value) && has_python_value(*type))
        return std::make_shared<resolved::Literal>(type, impl.fold_typed(arg.value));
    return std::make_shared<resolved::Call>(
        arg.is_table ? resolved::kTableArgument : resolved::kRowArgument, resolved::Exprs{}, type,
        true);
}

[[noreturn]] void refuse_clauses(const std::string& function) {
    throw analysis_error("TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INCOMPATIBLE_WITH_CALL",
        {{"functionName", quote_identifier(function)},
            {"requestedMetadata", "specified its own required partitioning"},
            {"invalidFunctionCallProperty",
                "specified the WITH SINGLE PARTITION or PARTITION BY clause; please remove these "
                "clauses and retry the query again."}});
}

const types::Value& at(const std::vector<types::Value>& row, resolved::AnalysisColumn column) {
    return row.at(static_cast<size_t>(column));
}

plan::Exprs expressions(const types::Value& names) {
    plan::Exprs out;
    for (const auto& name : names.as_list()) out.push_back(sql::parse_expression(name.as_string()));
    return out;
}

// A table argument with the columns, the partitions and the order that the method asks for.
plan::ExprPtr with_wishes(
    const std::string& function, const plan::Subquery& old, const std::vector<types::Value>& row) {
    using resolved::AnalysisColumn;
    auto table = std::make_shared<plan::Subquery>(old);
    auto partition = expressions(at(row, AnalysisColumn::kPartition));
    bool single = at(row, AnalysisColumn::kSingle).as_bool();
    if (single || !partition.empty()) {
        if (!old.partition_by.empty() || old.with_single_partition) refuse_clauses(function);
        table->partition_by = std::move(partition);
        table->with_single_partition = single;
    }
    for (const auto& item : at(row, AnalysisColumn::kOrder).as_list()) {
        const auto& fields = item.as_list();
        auto nulls = fields[2].as_int() == 1   ? plan::NullsOrder::kFirst
                     : fields[2].as_int() == 2 ? plan::NullsOrder::kLast
                                               : plan::NullsOrder::kDefault;
        table->order_by.push_back(std::make_shared<plan::SortOrder>(
            sql::parse_expression(fields[0].as_string()), fields[1].as_bool(), nulls));
    }
    const auto& select = at(row, AnalysisColumn::kSelect).as_list();
    if (select.empty() || !table->plan) return table;
    auto project = std::make_shared<plan::Project>();
    project->child = table->plan;
    for (const auto& item : select) {
        auto column = sql::parse_expression(item.as_list()[0].as_string());
        const auto& alias = item.as_list()[1].as_string();
        project->columns.push_back(alias.empty() ? column : plan::alias(column, alias));
    }
    table->plan = project;
    return table;
}

}  // namespace

TableAnalysis analyze_python_table(Analyzer::Impl& impl, const plan::PythonTable& table,
    const std::vector<AnalyzedArgument>& arguments, const std::vector<std::string>& names) {
    auto udf = std::make_shared<resolved::PythonUdf>(DataType::string());
    udf->name = table.name;
    udf->eval_type = resolved::eval_type::kAnalyzeTable;
    udf->command = table.command;
    udf->python_version = table.python_version;
    udf->arg_names = names;
    for (const auto& arg : arguments) udf->args.push_back(shown_argument(impl, arg));
    auto stage = std::make_shared<resolved::PythonStage>();
    stage->shape = resolved::PythonShape::kMap;
    stage->child = impl.one_row().plan;
    stage->functions = {std::move(udf)};
    stage->results = analysis_columns();
    stage->output = stage->results;
    auto rows = impl.collect(stage, 1);
    const auto& row = rows.at(0);
    TableAnalysis out;
    out.schema = types::type_from_json(at(row, resolved::AnalysisColumn::kSchema).as_string());
    out.pickled = at(row, resolved::AnalysisColumn::kPickled).as_string();
    for (const auto& arg : table.args) {
        bool named = arg->kind == plan::ExprKind::kNamedArgument;
        auto value = named ? arg->as<plan::NamedArgument>().value : arg;
        bool is_table = value->kind == plan::ExprKind::kSubquery &&
                        value->as<plan::Subquery>().subquery_kind ==
                            plan::SubqueryKind::kTableArgument;
        if (is_table) {
            value = with_wishes(table.name, value->as<plan::Subquery>(), row);
            if (named)
                value = std::make_shared<plan::NamedArgument>(
                    arg->as<plan::NamedArgument>().name, value);
            out.args.push_back(value);
        } else {
            out.args.push_back(arg);
        }
    }
    return out;
}

}  // namespace hanok::analyzer
