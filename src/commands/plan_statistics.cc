#include "commands/plan_statistics.h"

#include <algorithm>
#include <cstdio>

#include "delta/snapshot.h"
#include "engine/scan_sources.h"
#include "resolved/fingerprint.h"

namespace hanok::commands {

using resolved::PlanKind;
using types::TypeId;

namespace {

// The size that Spark takes a value of a type to have.
double value_bytes(const types::DataType& type) {
    switch (type.id()) {
        case TypeId::kNull:
        case TypeId::kBoolean:
        case TypeId::kByte: return 1;
        case TypeId::kShort: return 2;
        case TypeId::kInteger:
        case TypeId::kFloat:
        case TypeId::kDate:
        case TypeId::kYearMonthInterval: return 4;
        case TypeId::kString: return 20;
        case TypeId::kBinary: return 100;
        case TypeId::kDecimal: return type.precision() <= 18 ? 8 : 16;
        case TypeId::kArray: return value_bytes(*type.element());
        case TypeId::kMap: return value_bytes(*type.key()) + value_bytes(*type.value());
        case TypeId::kStruct: {
            double sum = 0;
            for (const auto& field : type.fields()) sum += value_bytes(*field.type);
            return sum;
        }
        default: return 8;
    }
}

double row_bytes(const resolved::Plan& plan) {
    double sum = 8;
    for (const auto& a : plan.output) sum += value_bytes(*a.type);
    return sum;
}

double scan_bytes(const resolved::Scan& scan) {
    double sum = 0;
    if (const auto* files = dynamic_cast<const engine::FileScanSource*>(scan.source.get())) {
        for (const auto& file : files->files) sum += static_cast<double>(file.size_bytes);
    } else if (const auto* t = dynamic_cast<const engine::DeltaScanSource*>(scan.source.get())) {
        sum = static_cast<double>(t->snapshot->size_bytes());
    }
    return sum;
}

double leaf_bytes(const resolved::Plan& plan) {
    switch (plan.kind) {
        case PlanKind::kScan: return scan_bytes(plan.as<resolved::Scan>());
        case PlanKind::kLocalData: {
            double sum = 0;
            for (const auto& s : plan.as<resolved::LocalData>().arrow_streams)
                sum += static_cast<double>(s->size());
            return sum;
        }
        case PlanKind::kValues:
            return row_bytes(plan) * static_cast<double>(plan.as<resolved::Values>().rows.size());
        case PlanKind::kRange: {
            const auto& r = plan.as<resolved::Range>();
            auto rows = (static_cast<double>(r.end) - static_cast<double>(r.start)) /
                        static_cast<double>(r.step);
            return 8 * std::max(0.0, rows);
        }
        case PlanKind::kCached: {
            const auto& child = plan.as<resolved::Cached>().child;
            return child ? plan_size_bytes(*child) : row_bytes(plan);
        }
        default: return row_bytes(plan);
    }
}

}  // namespace

double plan_size_bytes(const resolved::Plan& plan) {
    auto below = resolved::children(plan);
    if (below.empty()) return std::max(1.0, leaf_bytes(plan));
    auto scaled = [&] {
        return std::max(1.0, plan_size_bytes(*below[0]) * row_bytes(plan) / row_bytes(*below[0]));
    };
    switch (plan.kind) {
        case PlanKind::kAggregate:
            return plan.as<resolved::AggregatePlan>().grouping.empty() ? row_bytes(plan) : scaled();
        case PlanKind::kLimit: {
            const auto& limit = plan.as<resolved::Limit>().limit;
            if (!limit) return scaled();
            return std::max(1.0, static_cast<double>(*limit) * row_bytes(plan));
        }
        case PlanKind::kJoin: {
            auto type = plan.as<resolved::Join>().type;
            bool keeps = type == resolved::JoinType::kLeftSemi ||
                         type == resolved::JoinType::kLeftAnti;
            if (keeps) return plan_size_bytes(*below[0]);
            return plan_size_bytes(*below[0]) * plan_size_bytes(*below[1]);
        }
        case PlanKind::kSetOperation: {
            if (plan.as<resolved::SetOperation>().type != resolved::SetOpType::kUnion)
                return plan_size_bytes(*below[0]);
            double sum = 0;
            for (const auto& child : below) sum += plan_size_bytes(*child);
            return sum;
        }
        case PlanKind::kWithCte: return plan_size_bytes(*below.back());
        default: return scaled();
    }
}

std::string statistics_text(const resolved::Plan& plan) {
    auto size = plan_size_bytes(plan);
    const char* unit = "B";
    for (const char* next : {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}) {
        if (size < 2 * 1024.0) break;
        size /= 1024;
        unit = next;
    }
    char text[64];
    std::snprintf(text, sizeof(text), "%.1f %s", size, unit);
    return std::string(", Statistics(sizeInBytes=") + text + ")";
}

}  // namespace hanok::commands
