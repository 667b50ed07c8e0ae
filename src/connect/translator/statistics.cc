#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "base/ids.h"
#include "connect/translator/fields.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

namespace sc = spark::connect;
using MutableRelation = std::shared_ptr<plan::Relation>;

MutableRelation Translator::na_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kFillNa: {
            const auto& f = m.fill_na();
            if (f.values().empty()) throw invalid_plan("NA_FILL_VALUES_EMPTY");
            if (f.values_size() > 1 && f.values_size() != f.cols_size())
                throw invalid_plan("NA_FILL_VALUES_LENGTH_MISMATCH");
            auto out = std::make_shared<plan::NaFill>();
            out->child = relation(f.input());
            out->columns = strings(f.cols());
            out->values = literals(f.values());
            return out;
        }
        case Relation::kDropNa: {
            auto out = std::make_shared<plan::NaDrop>();
            out->child = relation(m.drop_na().input());
            out->columns = strings(m.drop_na().cols());
            if (m.drop_na().has_min_non_nulls()) out->min_non_nulls = m.drop_na().min_non_nulls();
            return out;
        }
        case Relation::kReplace: {
            auto out = std::make_shared<plan::NaReplace>();
            out->child = relation(m.replace().input());
            out->columns = strings(m.replace().cols());
            for (const auto& r : m.replace().replacements()) {
                out->replacements.emplace_back(
                    literal_from_proto(r.old_value()), literal_from_proto(r.new_value()));
            }
            return out;
        }
        default: return nullptr;
    }
}

namespace {

// Statistics over two columns: crosstab, cov.
template <class Node, class Message>
MutableRelation of_two_columns(plan::RelationPtr child, const Message& m) {
    auto out = std::make_shared<Node>();
    out->child = std::move(child);
    out->column1 = m.col1();
    out->column2 = m.col2();
    return out;
}

}  // namespace

MutableRelation Translator::statistics_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kSummary: {
            auto out = std::make_shared<plan::StatSummary>();
            out->child = relation(m.summary().input());
            out->statistics = strings(m.summary().statistics());
            return out;
        }
        case Relation::kDescribe: {
            auto out = std::make_shared<plan::StatDescribe>();
            out->child = relation(m.describe().input());
            out->columns = strings(m.describe().cols());
            return out;
        }
        case Relation::kCrosstab:
            return of_two_columns<plan::StatCrosstab>(relation(m.crosstab().input()), m.crosstab());
        case Relation::kCov:
            return of_two_columns<plan::StatCov>(relation(m.cov().input()), m.cov());
        case Relation::kCorr: {
            auto out = std::make_shared<plan::StatCorr>();
            out->child = relation(m.corr().input());
            out->column1 = m.corr().col1();
            out->column2 = m.corr().col2();
            if (m.corr().has_method()) out->method = m.corr().method();
            return out;
        }
        case Relation::kApproxQuantile: {
            const auto& q = m.approx_quantile();
            auto out = std::make_shared<plan::StatApproxQuantile>();
            out->child = relation(q.input());
            out->columns = strings(q.cols());
            out->probabilities.assign(q.probabilities().begin(), q.probabilities().end());
            out->relative_error = q.relative_error();
            return out;
        }
        case Relation::kFreqItems: {
            auto out = std::make_shared<plan::StatFreqItems>();
            out->child = relation(m.freq_items().input());
            out->columns = strings(m.freq_items().cols());
            if (m.freq_items().has_support()) out->support = m.freq_items().support();
            return out;
        }
        case Relation::kSampleBy: {
            const auto& s = m.sample_by();
            auto out = std::make_shared<plan::StatSampleBy>();
            out->child = relation(s.input());
            out->column = expression(s.col());
            for (const auto& f : s.fractions()) {
                out->fractions.emplace_back(literal_from_proto(f.stratum()), f.fraction());
            }
            out->seed = s.has_seed()
                            ? s.seed()
                            : static_cast<int64_t>(base::SystemRandom::instance().next_u64());
            return out;
        }
        default: return nullptr;
    }
}

}  // namespace hanok::connect
