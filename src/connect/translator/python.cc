// Relations that Python functions make.

#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/data_type_codec.h"
#include "connect/translator/python_table.h"
#include "connect/translator/translator.h"
#include "plan/python_table.h"

namespace hanok::connect {

std::shared_ptr<plan::PythonUdf> python_table_from_proto(
    const spark::connect::CommonInlineUserDefinedTableFunction& m) {
    if (!m.has_python_udtf()) {
        throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
            {{"fullName", "spark.connect.CommonInlineUserDefinedTableFunction"},
                {"name", "function"}});
    }
    auto out = std::make_shared<plan::PythonUdf>();
    out->name = m.function_name();
    out->eval_type = m.python_udtf().eval_type();
    if (m.python_udtf().has_return_type()) {
        const auto& type = m.python_udtf().return_type();
        out->output_type = type.has_unparsed()
                               ? sql::parse_table_schema(type.unparsed().data_type_string())
                               : type_from_proto(type);
    }
    out->command = m.python_udtf().command();
    out->python_version = m.python_udtf().python_ver();
    out->deterministic = m.deterministic();
    return out;
}

std::shared_ptr<plan::Relation> Translator::python_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kMapPartitions: {
            const auto& map = m.map_partitions();
            auto out = std::make_shared<plan::MapInPython>();
            out->child = relation(map.input());
            out->function = python_udf_from_proto(map.func());
            return out;
        }
        case Relation::kGroupMap: {
            const auto& map = m.group_map();
            if (map.has_is_map_groups_with_state() || map.has_transform_with_state_info())
                throw unsupported_feature("functions with state over groups");
            auto out = std::make_shared<plan::GroupMap>();
            out->child = relation(map.input());
            out->grouping = expressions(map.grouping_expressions());
            out->function = python_udf_from_proto(map.func());
            return out;
        }
        case Relation::kCoGroupMap: {
            const auto& map = m.co_group_map();
            auto out = std::make_shared<plan::CoGroupMap>();
            out->left = relation(map.input());
            out->right = relation(map.other());
            out->left_grouping = expressions(map.input_grouping_expressions());
            out->right_grouping = expressions(map.other_grouping_expressions());
            out->function = python_udf_from_proto(map.func());
            return out;
        }
        case Relation::kCommonInlineUserDefinedTableFunction: {
            const auto& call = m.common_inline_user_defined_table_function();
            return plan::python_table(
                *python_table_from_proto(call), expressions(call.arguments()));
        }
        default: return nullptr;
    }
}

}  // namespace hanok::connect
