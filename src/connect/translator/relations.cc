#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/data_type_codec.h"
#include "connect/translator/delta_extension.h"
#include "connect/translator/fields.h"
#include "connect/translator/translator.h"
#include "sql/interval_text.h"

namespace hanok::connect {

using MutableRelation = std::shared_ptr<plan::Relation>;

namespace {

[[noreturn]] void refuse(const spark::connect::Relation& m) {
    using Relation = spark::connect::Relation;
    switch (m.rel_type_case()) {
        case Relation::kApplyInPandasWithState: throw unsupported_feature("applyInPandasWithState");
        case Relation::kCommonInlineUserDefinedDataSource:
            throw unsupported_feature("Python data sources");
        case Relation::kMlRelation: throw unsupported_feature("Spark ML");
        case Relation::kRelationChanges:
            throw analysis_error(
                "UNSUPPORTED_FEATURE.CHANGE_DATA_CAPTURE", {{"catalogName", "spark_catalog"}});
        case Relation::kExtension:
            throw invalid_plan(
                "NO_HANDLER_FOR_EXTENSION", {{"extensionTypeUrl", m.extension().type_url()}});
        default: break;
    }
    throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
        {{"fullName", "spark.connect.Relation"}, {"name", "rel_type"}});
}

}  // namespace

plan::RelationPtr Translator::relation(const Relation& message) {
    MutableRelation out = relation_body(message);
    if (message.has_common()) {
        if (message.common().has_plan_id()) out->plan_id = message.common().plan_id();
        if (message.common().has_origin() && !out->origin)
            out->origin = origin_from_proto(message.common().origin());
    }
    return out;
}

MutableRelation Translator::relation_body(const Relation& m) {
    if (auto out = simple_relation(m)) return out;
    if (auto out = column_relation(m)) return out;
    if (auto out = source_relation(m)) return out;
    if (auto out = combining_relation(m)) return out;
    if (auto out = na_relation(m)) return out;
    if (auto out = statistics_relation(m)) return out;
    if (auto out = placement_relation(m)) return out;
    if (auto out = python_relation(m)) return out;
    if (auto out = other_relation(m)) return out;
    refuse(m);
}

MutableRelation Translator::simple_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kFilter: {
            auto out = std::make_shared<plan::Filter>();
            out->child = relation(m.filter().input());
            out->condition = expression(m.filter().condition());
            return out;
        }
        case Relation::kSort: {
            auto out = std::make_shared<plan::Sort>();
            out->child = relation(m.sort().input());
            out->order = sort_orders(m.sort().order());
            out->global = !m.sort().has_is_global() || m.sort().is_global();
            return out;
        }
        case Relation::kLimit: {
            auto out = std::make_shared<plan::Limit>();
            out->child = relation(m.limit().input());
            out->limit = plan::int_literal(m.limit().limit());
            return out;
        }
        case Relation::kOffset: {
            auto out = std::make_shared<plan::Offset>();
            out->child = relation(m.offset().input());
            out->offset = plan::int_literal(m.offset().offset());
            return out;
        }
        case Relation::kTail: {
            auto out = std::make_shared<plan::Tail>();
            out->child = relation(m.tail().input());
            out->limit = plan::int_literal(m.tail().limit());
            return out;
        }
        case Relation::kAggregate: return aggregate(m.aggregate());
        case Relation::kDeduplicate: {
            const auto& d = m.deduplicate();
            if (d.within_watermark()) {
                throw analysis_error("_LEGACY_ERROR_TEMP_3102",
                    {{"msg",
                        "dropDuplicatesWithinWatermark is for streams; this is a batch query"}});
            }
            if (d.all_columns_as_keys() && d.column_names_size() > 0) {
                throw invalid_plan("DEDUPLICATE_ALL_COLUMNS_AND_SUBSET");
            }
            if (!d.all_columns_as_keys() && d.column_names().empty()) {
                throw invalid_plan("DEDUPLICATE_REQUIRES_COLUMNS_OR_ALL");
            }
            auto out = std::make_shared<plan::Deduplicate>();
            out->child = relation(d.input());
            out->columns = strings(d.column_names());
            out->all_columns = d.all_columns_as_keys();
            return out;
        }
        case Relation::kSubqueryAlias: {
            auto out = std::make_shared<plan::SubqueryAlias>();
            out->child = relation(m.subquery_alias().input());
            out->alias = m.subquery_alias().alias();
            out->qualifier = strings(m.subquery_alias().qualifier());
            return out;
        }
        default: return nullptr;
    }
}

namespace {

void check_delay(const std::string& text) {
    try {
        sql::parse_interval_text(text);
    } catch (const Error&) {
        throw analysis_error("CANNOT_PARSE_INTERVAL", {{"intervalString", text}});
    }
}

}  // namespace

MutableRelation Translator::parse(const spark::connect::Parse& p) {
    auto out = std::make_shared<plan::Parse>();
    out->child = relation(p.input());
    if (p.format() == spark::connect::Parse::PARSE_FORMAT_CSV) out->format = "csv";
    if (p.format() == spark::connect::Parse::PARSE_FORMAT_JSON) out->format = "json";
    if (p.format() == spark::connect::Parse::PARSE_FORMAT_XML) out->format = "xml";
    if (out->format.empty()) {
        throw invalid_plan(
            "INVALID_ENUM", {{"fullName", "spark.connect.Parse.ParseFormat"}, {"name", "format"},
                                {"number", std::to_string(p.format())}});
    }
    if (p.has_schema()) out->schema = type_from_proto(p.schema());
    out->options = options(p.options());
    return out;
}

MutableRelation Translator::placement_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kSample: {
            const auto& s = m.sample();
            auto out = std::make_shared<plan::Sample>();
            out->child = relation(s.input());
            out->lower = s.lower_bound();
            out->upper = s.upper_bound();
            out->with_replacement = s.with_replacement();
            if (s.has_seed()) out->seed = s.seed();
            if (s.deterministic_order()) {
                auto sorted = std::make_shared<plan::Hint>();
                sorted->child = out->child;
                sorted->name = "deterministic_order";
                out->child = sorted;
            }
            return out;
        }
        case Relation::kRepartition: {
            auto out = std::make_shared<plan::Repartition>();
            out->child = relation(m.repartition().input());
            out->num_partitions = m.repartition().num_partitions();
            out->shuffle = m.repartition().shuffle();
            return out;
        }
        case Relation::kRepartitionByExpression: {
            const auto& r = m.repartition_by_expression();
            auto out = std::make_shared<plan::Repartition>();
            out->child = relation(r.input());
            out->expressions = expressions(r.partition_exprs());
            if (r.has_num_partitions()) out->num_partitions = r.num_partitions();
            return out;
        }
        case Relation::kHint: {
            auto out = std::make_shared<plan::Hint>();
            out->child = relation(m.hint().input());
            out->name = m.hint().name();
            out->parameters = expressions(m.hint().parameters());
            return out;
        }
        default: return nullptr;
    }
}

MutableRelation Translator::other_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kParse: return parse(m.parse());
        case Relation::kShowString: {
            auto out = std::make_shared<plan::ShowString>();
            out->child = relation(m.show_string().input());
            out->num_rows = m.show_string().num_rows();
            out->truncate = m.show_string().truncate();
            out->vertical = m.show_string().vertical();
            return out;
        }
        case Relation::kHtmlString: {
            auto out = std::make_shared<plan::HtmlString>();
            out->child = relation(m.html_string().input());
            out->num_rows = m.html_string().num_rows();
            out->truncate = m.html_string().truncate();
            return out;
        }
        case Relation::kCollectMetrics: {
            auto out = std::make_shared<plan::CollectMetrics>();
            out->child = relation(m.collect_metrics().input());
            out->name = m.collect_metrics().name();
            out->metrics = expressions(m.collect_metrics().metrics());
            return out;
        }
        // Watermarks have no effect on batch queries; streaming sources are refused where they are
        // read.
        case Relation::kExtension:
            if (!DeltaExtension::is_relation(m.extension().type_url())) return nullptr;
            return DeltaExtension(*this, sql_).relation(m.extension().value());
        case Relation::kWithWatermark:
            check_delay(m.with_watermark().delay_threshold());
            return relation_body(m.with_watermark().input());
        default: return nullptr;
    }
}

}  // namespace hanok::connect
