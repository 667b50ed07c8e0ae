#pragma once
// Generators in the select list of an aggregation: they run over its rows.

#include "analyzer/impl.h"

namespace hanok::analyzer {

// Throws for several generators, and for columns that read what a generator makes.
void check_aggregated_generators(Analyzer::Impl& impl, const Rel& child, const SelectItems& items);

// The select list over `aggregated` with its generators: first the columns and the generators'
// arguments, then the generators, so that windows and aliases see the rows of the aggregation.
Rel select_with_generators(Analyzer::Impl& impl, const Rel& aggregated, SelectItems items);

// The items that are generators in an order in which each finds what it reads.
std::vector<size_t> generator_order(const SelectItems& items);

}  // namespace hanok::analyzer
