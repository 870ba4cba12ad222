/* The methods. SPDX-License-Identifier: MIT
 *
 * A method is one table and one line at the end of this file;
 * tests/contract/test-methods proves the order of every b, of every embedded b - e and
 * of every continuous extension from the rooted trees. A continuous extension is b as
 * polynomials in theta without a constant term. Where the source has none, it is
 * derived from the same conditions: of order p - 1 or better, which keeps the order of
 * the whole solution, and leaving in the direction of f at the start. */
#include "solve/tableaus.h"

#define ROWS(...) ((const double[]){ __VA_ARGS__ })

/* clang-format off: a row of a table is a line. */
static const OdlMethod euler = {
  .id = "euler",
  .title = "Euler",
  .source = "Euler 1768",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 1,
  .order = 1,
  .a = ROWS (0),
  .b = ROWS (1),
  .c = ROWS (0),
  .dense_order = 1,
  .dense = ROWS (1),
};

static const OdlMethod midpoint = {
  .id = "midpoint",
  .title = "Midpoint",
  .source = "Runge 1895",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 2,
  .order = 2,
  .a = ROWS (0, 0, 1.0 / 2, 0),
  .b = ROWS (0, 1),
  .c = ROWS (0, 1.0 / 2),
  .dense_order = 2,
  .dense = ROWS (1, -1, 0, 1),
};

static const OdlMethod heun = {
  .id = "heun",
  .title = "Heun",
  .source = "Heun 1900",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 2,
  .order = 2,
  .a = ROWS (0, 0, 1, 0),
  .b = ROWS (1.0 / 2, 1.0 / 2),
  .c = ROWS (0, 1),
  .dense_order = 2,
  .dense = ROWS (1, -1.0 / 2, 0, 1.0 / 2),
};

static const OdlMethod ralston = {
  .id = "ralston",
  .title = "Ralston",
  .source = "Ralston 1962, the least error of second order",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 2,
  .order = 2,
  .a = ROWS (0, 0, 2.0 / 3, 0),
  .b = ROWS (1.0 / 4, 3.0 / 4),
  .c = ROWS (0, 2.0 / 3),
  .dense_order = 2,
  .dense = ROWS (1, -3.0 / 4, 0, 3.0 / 4),
};

static const OdlMethod kutta3 = {
  .id = "kutta3",
  .title = "Kutta 3",
  .source = "Kutta 1901",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 3,
  .order = 3,
  .a = ROWS (0, 0, 0, 1.0 / 2, 0, 0, -1, 2, 0),
  .b = ROWS (1.0 / 6, 2.0 / 3, 1.0 / 6),
  .c = ROWS (0, 1.0 / 2, 1),
  .dense_order = 2,
  .dense = ROWS (1, -5.0 / 6, 0, 2.0 / 3, 0, 1.0 / 6),
};

static const OdlMethod rk4 = {
  .id = "rk4",
  .title = "RK4",
  .source = "Kutta 1901, the classic method",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 4,
  .order = 4,
  .a = ROWS (0, 0, 0, 0, 1.0 / 2, 0, 0, 0, 0, 1.0 / 2, 0, 0, 0, 0, 1, 0),
  .b = ROWS (1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6),
  .c = ROWS (0, 1.0 / 2, 1.0 / 2, 1),
  .dense_order = 3,
  .dense
  = ROWS (1, -3.0 / 2, 2.0 / 3, 0, 1, -2.0 / 3, 0, 1, -2.0 / 3, 0, -1.0 / 2, 2.0 / 3),
};

static const OdlMethod rk38 = {
  .id = "rk38",
  .title = "RK4 3/8",
  .source = "Kutta 1901, the rule of three eighths",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 4,
  .order = 4,
  .a = ROWS (0, 0, 0, 0, 1.0 / 3, 0, 0, 0, -1.0 / 3, 1, 0, 0, 1, -1, 1, 0),
  .b = ROWS (1.0 / 8, 3.0 / 8, 3.0 / 8, 1.0 / 8),
  .c = ROWS (0, 1.0 / 3, 2.0 / 3, 1),
  .dense_order = 3,
  .dense
  = ROWS (1, -15.0 / 8, 1, 0, 15.0 / 8, -3.0 / 2, 0, 3.0 / 8, 0, 0, -3.0 / 8, 1.0 / 2),
};

static const OdlMethod heun_euler = {
  .id = "heun-euler",
  .title = "Heun–Euler 2(1)",
  .source = "Heun 1900 with Euler embedded",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 2,
  .order = 2,
  .error_order = 1,
  .a = ROWS (0, 0, 1, 0),
  .b = ROWS (1.0 / 2, 1.0 / 2),
  .c = ROWS (0, 1),
  .e = ROWS (-1.0 / 2, 1.0 / 2),
  .dense_order = 2,
  .dense = ROWS (1, -1.0 / 2, 0, 1.0 / 2),
};

static const OdlMethod bosh3 = {
  .id = "bosh3",
  .title = "Bogacki–Shampine 3(2)",
  .source = "Bogacki & Shampine 1989",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 4,
  .order = 3,
  .error_order = 2,
  .a
  = ROWS (0, 0, 0, 0, 1.0 / 2, 0, 0, 0, 0, 3.0 / 4, 0, 0, 2.0 / 9, 1.0 / 3, 4.0 / 9, 0),
  .b = ROWS (2.0 / 9, 1.0 / 3, 4.0 / 9, 0),
  .c = ROWS (0, 1.0 / 2, 3.0 / 4, 1),
  .e = ROWS (-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8),
  .dense_order = 3, /* the cubic Hermite of its ends */
  .dense = ROWS (1, -4.0 / 3, 5.0 / 9, 0, 1, -2.0 / 3, 0, 4.0 / 3, -8.0 / 9, 0, -1, 1),
};

/* The extension needs f at the end as a seventh stage. */
static const OdlMethod fehlberg45 = {
  .id = "fehlberg45",
  .title = "Fehlberg 4(5)",
  .source = "Fehlberg 1969",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 6,
  .order = 4,
  .error_order = 5,
  .a = ROWS (0, 0, 0, 0, 0, 0, 1.0 / 4, 0, 0, 0, 0, 0, 3.0 / 32, 9.0 / 32, 0, 0, 0, 0,
             1932.0 / 2197, -7200.0 / 2197, 7296.0 / 2197, 0, 0, 0, 439.0 / 216, -8,
             3680.0 / 513, -845.0 / 4104, 0, 0, -8.0 / 27, 2, -3544.0 / 2565,
             1859.0 / 4104, -11.0 / 40, 0),
  .b = ROWS (25.0 / 216, 0, 1408.0 / 2565, 2197.0 / 4104, -1.0 / 5, 0),
  .c = ROWS (0, 1.0 / 4, 3.0 / 8, 12.0 / 13, 1, 1.0 / 2),
  .e = ROWS (-1.0 / 360, 0, 128.0 / 4275, 2197.0 / 75240, -1.0 / 50, -2.0 / 55),
  .dense_order = 4,
  .dense = ROWS (1, -14888494961.0 / 5908715064, 22179541445.0 / 8863072596,
                 -71148639.0 / 82065487, 0, 0, 0, 0, 0, 361583151616.0 / 70165991385,
                 -1707306086912.0 / 210497974155, 863280512.0 / 246196461, 0,
                 -370067550749.0 / 112265586216, 1470798402125.0 / 168398379324,
                 -1206941723.0 / 246196461, 0, 868078543.0 / 820654870,
                 -1196340491.0 / 410327435, 272094293.0 / 164130974, 0,
                 -155508488.0 / 82065487, 311016976.0 / 82065487,
                 -155508488.0 / 82065487, 0, 3.0 / 2, -4, 5.0 / 2),
  .dense_stages = 1,
  .dense_a = ROWS (25.0 / 216, 0, 1408.0 / 2565, 2197.0 / 4104, -1.0 / 5, 0, 0),
  .dense_c = ROWS (1),
};

static const OdlMethod cash_karp = {
  .id = "cash-karp",
  .title = "Cash–Karp 5(4)",
  .source = "Cash & Karp 1990",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 6,
  .order = 5,
  .error_order = 4,
  .a = ROWS (0, 0, 0, 0, 0, 0, 1.0 / 5, 0, 0, 0, 0, 0, 3.0 / 40, 9.0 / 40, 0, 0, 0, 0,
             3.0 / 10, -9.0 / 10, 6.0 / 5, 0, 0, 0, -11.0 / 54, 5.0 / 2, -70.0 / 27,
             35.0 / 27, 0, 0, 1631.0 / 55296, 175.0 / 512, 575.0 / 13824,
             44275.0 / 110592, 253.0 / 4096, 0),
  .b = ROWS (37.0 / 378, 0, 250.0 / 621, 125.0 / 594, 0, 512.0 / 1771),
  .c = ROWS (0, 1.0 / 5, 3.0 / 10, 3.0 / 5, 1, 7.0 / 8),
  .e = ROWS (37.0 / 378 - 2825.0 / 27648, 0, 250.0 / 621 - 18575.0 / 48384,
             125.0 / 594 - 13525.0 / 55296, -277.0 / 14336, 512.0 / 1771 - 1.0 / 4),
  .dense_order = 4,
  .dense = ROWS (
      1, -200989495.0 / 71572581, 4520971853.0 / 1503024201, -368021165.0 / 334005378,
      0, 0, 0, 0, 0, 45262538500.0 / 11523185541, -215907668000.0 / 34569556623,
      151428250.0 / 55667563, 0, -1755933125.0 / 3149193564, 9244053875.0 / 4723790346,
      -113456375.0 / 95430108, 0, -70237325.0 / 222670252, 70237325.0 / 111335126,
      -70237325.0 / 222670252, 0, -3514431488.0 / 2011984777,
      65488779264.0 / 14083893439, -145518080.0 / 55667563, 0, 3.0 / 2, -4, 5.0 / 2),
  .dense_stages = 1,
  .dense_a = ROWS (37.0 / 378, 0, 250.0 / 621, 125.0 / 594, 0, 512.0 / 1771, 0),
  .dense_c = ROWS (1),
};

static const OdlMethod dopri5 = {
  .id = "dopri5",
  .title = "Dormand–Prince 5(4)",
  .source = "Dormand & Prince 1980; extension Shampine 1986",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 7,
  .order = 5,
  .error_order = 4,
  .a = ROWS (0, 0, 0, 0, 0, 0, 0, 1.0 / 5, 0, 0, 0, 0, 0, 0, 3.0 / 40, 9.0 / 40, 0, 0,
             0, 0, 0, 44.0 / 45, -56.0 / 15, 32.0 / 9, 0, 0, 0, 0, 19372.0 / 6561,
             -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729, 0, 0, 0, 9017.0 / 3168,
             -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656, 0, 0, 35.0 / 384,
             0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0),
  .b = ROWS (35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0),
  .c = ROWS (0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1),
  .e = ROWS (71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525,
             -1.0 / 40),
  .dense_order = 4,
  .dense
  = ROWS (1, -8048581381.0 / 2820520608, 8663915743.0 / 2820520608,
          -12715105075.0 / 11282082432, 0, 0, 0, 0, 0, 131558114200.0 / 32700410799,
          -68118460800.0 / 10900136933, 87487479700.0 / 32700410799, 0,
          -1754552775.0 / 470086768, 14199869525.0 / 1410260304,
          -10690763975.0 / 1880347072, 0, 127303824393.0 / 49829197408,
          -318862633887.0 / 49829197408, 701980252875.0 / 199316789632, 0,
          -282668133.0 / 205662961, 2019193451.0 / 616988883, -1453857185.0 / 822651844,
          0, 40617522.0 / 29380423, -110615467.0 / 29380423, 69997945.0 / 29380423),
};

static const OdlMethod tsit5 = {
  .id = "tsit5",
  .title = "Tsitouras 5(4)",
  .source = "Tsitouras 2011",
  .kind = ODL_METHOD_EXPLICIT,
  .stages = 7,
  .order = 5,
  .error_order = 4,
  .a = ROWS (0, 0, 0, 0, 0, 0, 0, 0.161, 0, 0, 0, 0, 0, 0, -0.008480655492356989,
             0.335480655492357, 0, 0, 0, 0, 0, 2.8971530571054935, -6.359448489975075,
             4.3622954328695815, 0, 0, 0, 0, 5.325864828439257, -11.748883564062828,
             7.4955393428898365, -0.09249506636175525, 0, 0, 0, 5.86145544294642,
             -12.92096931784711, 8.159367898576159, -0.071584973281401,
             -0.028269050394068383, 0, 0, 0.09646076681806523, 0.01, 0.4798896504144996,
             1.379008574103742, -3.290069515436081, 2.324710524099774, 0),
  .b = ROWS (0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742,
             -3.290069515436081, 2.324710524099774, 0),
  .c = ROWS (0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1),
  .e = ROWS (-0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995,
             -0.1447110071732629, 0.5823571654525552, -0.45808210592918697, 1.0 / 66),
  .dense_order = 4,
  .dense = ROWS (1, -2.7637061972748259, 2.9132554618219127, -1.0530884977290216, 0,
                 0.1317, -0.2234, 0.1017, 0, 3.9302962368947515, -5.9410338721315047,
                 2.490627285651252793, 0, -12.411077166933677, 30.338188630282322,
                 -16.54810288924490272, 0, 37.509313416511039, -88.178904894766401,
                 47.37952196281928122, 0, -27.896526289197288, 65.091894674793672,
                 -34.87065786149660974, 0, 1.5, -4, 2.5),
};

/* Implicit, for teaching: the stages are solved by Newton's method (implicit.c). */
static const OdlMethod backward_euler = {
  .id = "backward-euler",
  .title = "Backward Euler",
  .source = "Hairer & Wanner 1996, Solving ODEs II, IV.3",
  .kind = ODL_METHOD_IMPLICIT,
  .stages = 1,
  .order = 1,
  .a = ROWS (1),
  .b = ROWS (1),
  .c = ROWS (1),
  .dense_order = 1,
  .dense = ROWS (1),
};

static const OdlMethod trapezoid = {
  .id = "trapezoid",
  .title = "Trapezoid",
  .source = "Crank & Nicolson 1947",
  .kind = ODL_METHOD_IMPLICIT,
  .stages = 2,
  .order = 2,
  .a = ROWS (0, 0, 1.0 / 2, 1.0 / 2),
  .b = ROWS (1.0 / 2, 1.0 / 2),
  .c = ROWS (0, 1),
  .dense_order = 2,
  .dense = ROWS (1, -1.0 / 2, 0, 1.0 / 2),
};

/* Bridges: variable order, the highest is given (cvode.c). */
static const OdlMethod cvode_bdf = {
  .id = "cvode-bdf",
  .title = "CVODE BDF",
  .source = "SUNDIALS: Hindmarsh et al. 2005",
  .kind = ODL_METHOD_CVODE,
  .order = 5,
};

static const OdlMethod cvode_adams = {
  .id = "cvode-adams",
  .title = "CVODE Adams",
  .source = "SUNDIALS: Hindmarsh et al. 2005",
  .kind = ODL_METHOD_CVODE,
  .order = 12,
};

/* The two stages are f at the auxiliary state z before and after the step
 * (reversible.c), of which the first is known: one evaluation a step. */
static const OdlMethod reversible_heun = {
  .id = "reversible-heun",
  .title = "Reversible Heun",
  .source = "Kidger, Foster, Li & Lyons 2021",
  .kind = ODL_METHOD_REVERSIBLE,
  .stages = 2,
  .order = 2,
  .error_order = 1,
  .b = ROWS (1.0 / 2, 1.0 / 2),
  .c = ROWS (0, 1),
  .e = ROWS (-1.0 / 2, 1.0 / 2),
  .dense_order = 2,
  .dense = ROWS (1, -1.0 / 2, 0, 1.0 / 2),
};

/* clang-format on */

/* In the order in which they are shown. */
const OdlMethod *const odl_method_table[] = {
  &euler,
  &midpoint,
  &heun,
  &ralston,
  &kutta3,
  &rk4,
  &rk38,
  &heun_euler,
  &bosh3,
  &fehlberg45,
  &cash_karp,
  &dopri5,
  &tsit5,
  &odl_method_dop853,
  &odl_method_dopri8,
  &backward_euler,
  &trapezoid,
  &cvode_bdf,
  &cvode_adams,
  &reversible_heun,
};
const guint odl_method_table_length = G_N_ELEMENTS (odl_method_table);
