#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/data_type_codec.h"
#include "connect/translator/fields.h"
#include "connect/translator/translator.h"

// Older clients fill the fields that 4.x deprecates.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace hanok::connect {

using MutableRelation = std::shared_ptr<plan::Relation>;

namespace {

MutableRelation renamed(plan::RelationPtr child, const spark::connect::WithColumnsRenamed& m) {
    auto out = std::make_shared<plan::WithColumnsRenamed>();
    out->child = std::move(child);
    for (const auto& r : m.renames()) out->renames.emplace_back(r.col_name(), r.new_col_name());
    if (out->renames.empty()) {
        for (auto& r : options(m.rename_columns_map())) out->renames.push_back(std::move(r));
    }
    return out;
}

}  // namespace

MutableRelation Translator::column_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kProject: {
            auto out = std::make_shared<plan::Project>();
            if (m.project().has_input()) {
                out->child = relation(m.project().input());
            } else {
                out->child = std::make_shared<plan::OneRow>();
            }
            out->columns = expressions(m.project().expressions());
            return out;
        }
        case Relation::kToDf: {
            auto out = std::make_shared<plan::ToDf>();
            out->child = relation(m.to_df().input());
            out->names = strings(m.to_df().column_names());
            return out;
        }
        case Relation::kWithColumns: {
            auto out = std::make_shared<plan::WithColumns>();
            out->child = relation(m.with_columns().input());
            for (const auto& a : m.with_columns().aliases()) {
                if (a.name_size() != 1) {
                    throw invalid_plan("WITH_COLUMNS_REQUIRE_SINGLE_NAME_PART",
                        {{"got", std::to_string(a.name_size())}});
                }
                out->columns.push_back(std::make_shared<plan::Alias>(
                    expression(a.expr()), std::vector<std::string>{a.name(0)}, a.metadata()));
            }
            return out;
        }
        case Relation::kWithColumnsRenamed:
            return renamed(relation(m.with_columns_renamed().input()), m.with_columns_renamed());
        case Relation::kDrop: {
            auto out = std::make_shared<plan::Drop>();
            out->child = relation(m.drop().input());
            out->columns = expressions(m.drop().columns());
            out->column_names = strings(m.drop().column_names());
            return out;
        }
        case Relation::kToSchema: {
            auto out = std::make_shared<plan::ToSchema>();
            out->child = relation(m.to_schema().input());
            out->schema = type_from_proto(m.to_schema().schema());
            if (!out->schema->is(types::TypeId::kStruct)) {
                throw invalid_plan("INVALID_SCHEMA_NON_STRUCT_TYPE",
                    {{"inputSchema", out->schema->json()}, {"dataType", out->schema->sql()}});
            }
            return out;
        }
        case Relation::kUnpivot: return unpivot(m.unpivot());
        case Relation::kTranspose: {
            auto out = std::make_shared<plan::Transpose>();
            out->child = relation(m.transpose().input());
            out->index_columns = expressions(m.transpose().index_columns());
            return out;
        }
        default: return nullptr;
    }
}

MutableRelation Translator::unpivot(const spark::connect::Unpivot& u) {
    auto out = std::make_shared<plan::Unpivot>();
    out->child = relation(u.input());
    out->ids = expressions(u.ids());
    if (u.has_values()) {
        out->values.emplace();
        for (const auto& v : u.values().values()) out->values->push_back({expression(v)});
    }
    out->variable_column_name = u.variable_column_name();
    out->value_column_names = {u.value_column_name()};
    return out;
}

}  // namespace hanok::connect
