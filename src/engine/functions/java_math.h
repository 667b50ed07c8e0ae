#pragma once
// Elementary functions as Java's StrictMath gives them: fdlibm's reductions and polynomials, whose
// last digit differs now and then from the C library's.

namespace hanok::engine {

double java_exp(double x);
double java_cosh(double x);
double java_log(double x);
double java_log10(double x);

}  // namespace hanok::engine
