;; Dense float32 operators of a small network: what an encoder is made of, for matrices that stay in the first caches.
;;
;; Memory: the caller lays it out; addresses are bytes. Matrices are dense and row by row. Nothing here reads or writes
;; outside what it is told, and no result depends on how long its neighbours are: a row is always summed in the same order.
;;
;; Four rows of a product are made at a time, so that each row of the right side is read once for four: eight sums stay in
;; registers, which is what sixteen of them allow.
(module
  (memory (export "memory") 1)

  ;; out [m, n] = a [m, k] · b [k, n]; n is a multiple of eight.
  (func (export "product") (param $a i32) (param $b i32) (param $out i32) (param $m i32) (param $k i32) (param $n i32)
    (local $rowA i32) (local $rowOut i32) (local $column i32) (local $end i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32) (local $at i32)
    (local $b0 v128) (local $b1 v128) (local $each v128)
    (local $s00 v128) (local $s01 v128) (local $s10 v128) (local $s11 v128)
    (local $s20 v128) (local $s21 v128) (local $s30 v128) (local $s31 v128)
    (local.set $rowA (i32.shl (local.get $k) (i32.const 2)))   ;; bytes from here on
    (local.set $rowOut (i32.shl (local.get $n) (i32.const 2)))

    (block $few
      (loop $fourRows
        (br_if $few (i32.lt_s (local.get $m) (i32.const 4)))
        (local.set $column (i32.const 0))
        (loop $columns
          (local.set $a0 (local.get $a))
          (local.set $a1 (i32.add (local.get $a0) (local.get $rowA)))
          (local.set $a2 (i32.add (local.get $a1) (local.get $rowA)))
          (local.set $a3 (i32.add (local.get $a2) (local.get $rowA)))
          (local.set $end (local.get $a1))
          (local.set $at (i32.add (local.get $b) (local.get $column)))
          (local.set $s00 (v128.const f32x4 0 0 0 0)) (local.set $s01 (v128.const f32x4 0 0 0 0))
          (local.set $s10 (v128.const f32x4 0 0 0 0)) (local.set $s11 (v128.const f32x4 0 0 0 0))
          (local.set $s20 (v128.const f32x4 0 0 0 0)) (local.set $s21 (v128.const f32x4 0 0 0 0))
          (local.set $s30 (v128.const f32x4 0 0 0 0)) (local.set $s31 (v128.const f32x4 0 0 0 0))
          (loop $inner
            (local.set $b0 (v128.load (local.get $at)))
            (local.set $b1 (v128.load offset=16 (local.get $at)))
            (local.set $each (v128.load32_splat (local.get $a0)))
            (local.set $s00 (f32x4.add (local.get $s00) (f32x4.mul (local.get $each) (local.get $b0))))
            (local.set $s01 (f32x4.add (local.get $s01) (f32x4.mul (local.get $each) (local.get $b1))))
            (local.set $each (v128.load32_splat (local.get $a1)))
            (local.set $s10 (f32x4.add (local.get $s10) (f32x4.mul (local.get $each) (local.get $b0))))
            (local.set $s11 (f32x4.add (local.get $s11) (f32x4.mul (local.get $each) (local.get $b1))))
            (local.set $each (v128.load32_splat (local.get $a2)))
            (local.set $s20 (f32x4.add (local.get $s20) (f32x4.mul (local.get $each) (local.get $b0))))
            (local.set $s21 (f32x4.add (local.get $s21) (f32x4.mul (local.get $each) (local.get $b1))))
            (local.set $each (v128.load32_splat (local.get $a3)))
            (local.set $s30 (f32x4.add (local.get $s30) (f32x4.mul (local.get $each) (local.get $b0))))
            (local.set $s31 (f32x4.add (local.get $s31) (f32x4.mul (local.get $each) (local.get $b1))))
            (local.set $at (i32.add (local.get $at) (local.get $rowOut)))
            (local.set $a1 (i32.add (local.get $a1) (i32.const 4)))
            (local.set $a2 (i32.add (local.get $a2) (i32.const 4)))
            (local.set $a3 (i32.add (local.get $a3) (i32.const 4)))
            (local.set $a0 (i32.add (local.get $a0) (i32.const 4)))
            (br_if $inner (i32.lt_u (local.get $a0) (local.get $end))))
          (local.set $at (i32.add (local.get $out) (local.get $column)))
          (v128.store (local.get $at) (local.get $s00)) (v128.store offset=16 (local.get $at) (local.get $s01))
          (local.set $at (i32.add (local.get $at) (local.get $rowOut)))
          (v128.store (local.get $at) (local.get $s10)) (v128.store offset=16 (local.get $at) (local.get $s11))
          (local.set $at (i32.add (local.get $at) (local.get $rowOut)))
          (v128.store (local.get $at) (local.get $s20)) (v128.store offset=16 (local.get $at) (local.get $s21))
          (local.set $at (i32.add (local.get $at) (local.get $rowOut)))
          (v128.store (local.get $at) (local.get $s30)) (v128.store offset=16 (local.get $at) (local.get $s31))
          (local.set $column (i32.add (local.get $column) (i32.const 32)))
          (br_if $columns (i32.lt_u (local.get $column) (local.get $rowOut))))
        (local.set $a (i32.add (local.get $a) (i32.shl (local.get $rowA) (i32.const 2))))
        (local.set $out (i32.add (local.get $out) (i32.shl (local.get $rowOut) (i32.const 2))))
        (local.set $m (i32.sub (local.get $m) (i32.const 4)))
        (br $fourRows)))

    (block $done
      (loop $oneRow
        (br_if $done (i32.eqz (local.get $m)))
        (local.set $column (i32.const 0))
        (local.set $end (i32.add (local.get $a) (local.get $rowA)))
        (loop $columns
          (local.set $a0 (local.get $a))
          (local.set $at (i32.add (local.get $b) (local.get $column)))
          (local.set $s00 (v128.const f32x4 0 0 0 0)) (local.set $s01 (v128.const f32x4 0 0 0 0))
          (loop $inner
            (local.set $each (v128.load32_splat (local.get $a0)))
            (local.set $s00 (f32x4.add (local.get $s00) (f32x4.mul (local.get $each) (v128.load (local.get $at)))))
            (local.set $s01 (f32x4.add (local.get $s01) (f32x4.mul (local.get $each) (v128.load offset=16 (local.get $at)))))
            (local.set $at (i32.add (local.get $at) (local.get $rowOut)))
            (local.set $a0 (i32.add (local.get $a0) (i32.const 4)))
            (br_if $inner (i32.lt_u (local.get $a0) (local.get $end))))
          (local.set $at (i32.add (local.get $out) (local.get $column)))
          (v128.store (local.get $at) (local.get $s00)) (v128.store offset=16 (local.get $at) (local.get $s01))
          (local.set $column (i32.add (local.get $column) (i32.const 32)))
          (br_if $columns (i32.lt_u (local.get $column) (local.get $rowOut))))
        (local.set $a (local.get $end))
        (local.set $out (i32.add (local.get $out) (local.get $rowOut)))
        (local.set $m (i32.sub (local.get $m) (i32.const 1)))
        (br $oneRow))))

  ;; The sums of the lanes of four vectors, one a lane.
  (func $sums (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result v128)
    (local $ab v128) (local $cd v128)
    (local.set $ab (f32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $a) (local.get $b))
      (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))) ;; a01 b01 a23 b23
    (local.set $cd (f32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $c) (local.get $d))
      (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
    (f32x4.add
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd))))

  ;; out [m, n] = a [m, k] · bᵀ, b [n, k]; k is a multiple of four.
  (func (export "productTransposed") (param $a i32) (param $b i32) (param $out i32) (param $m i32) (param $k i32) (param $n i32)
    (local $rowBytes i32) (local $left i32) (local $a0 i32) (local $end i32)
    (local $b0 i32) (local $b1 i32) (local $b2 i32) (local $b3 i32) (local $each v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $rowBytes (i32.shl (local.get $k) (i32.const 2)))
    (block $done
      (loop $oneRow
        (br_if $done (i32.eqz (local.get $m)))
        (local.set $end (i32.add (local.get $a) (local.get $rowBytes)))
        (local.set $b0 (local.get $b))
        (local.set $left (local.get $n))
        (block $few
          (loop $fourColumns
            (br_if $few (i32.lt_s (local.get $left) (i32.const 4)))
            (local.set $b1 (i32.add (local.get $b0) (local.get $rowBytes)))
            (local.set $b2 (i32.add (local.get $b1) (local.get $rowBytes)))
            (local.set $b3 (i32.add (local.get $b2) (local.get $rowBytes)))
            (local.set $s0 (v128.const f32x4 0 0 0 0)) (local.set $s1 (v128.const f32x4 0 0 0 0))
            (local.set $s2 (v128.const f32x4 0 0 0 0)) (local.set $s3 (v128.const f32x4 0 0 0 0))
            (local.set $a0 (local.get $a))
            (loop $inner
              (local.set $each (v128.load (local.get $a0)))
              (local.set $s0 (f32x4.add (local.get $s0) (f32x4.mul (local.get $each) (v128.load (local.get $b0)))))
              (local.set $s1 (f32x4.add (local.get $s1) (f32x4.mul (local.get $each) (v128.load (local.get $b1)))))
              (local.set $s2 (f32x4.add (local.get $s2) (f32x4.mul (local.get $each) (v128.load (local.get $b2)))))
              (local.set $s3 (f32x4.add (local.get $s3) (f32x4.mul (local.get $each) (v128.load (local.get $b3)))))
              (local.set $b0 (i32.add (local.get $b0) (i32.const 16)))
              (local.set $b1 (i32.add (local.get $b1) (i32.const 16)))
              (local.set $b2 (i32.add (local.get $b2) (i32.const 16)))
              (local.set $b3 (i32.add (local.get $b3) (i32.const 16)))
              (local.set $a0 (i32.add (local.get $a0) (i32.const 16)))
              (br_if $inner (i32.lt_u (local.get $a0) (local.get $end))))
            (v128.store (local.get $out) (call $sums (local.get $s0) (local.get $s1) (local.get $s2) (local.get $s3)))
            (local.set $out (i32.add (local.get $out) (i32.const 16)))
            (local.set $b0 (local.get $b3))
            (local.set $left (i32.sub (local.get $left) (i32.const 4)))
            (br $fourColumns)))
        (block $rowDone
          (loop $oneColumn
            (br_if $rowDone (i32.eqz (local.get $left)))
            (local.set $s0 (v128.const f32x4 0 0 0 0))
            (local.set $a0 (local.get $a))
            (loop $inner
              (local.set $s0 (f32x4.add (local.get $s0) (f32x4.mul (v128.load (local.get $a0)) (v128.load (local.get $b0)))))
              (local.set $b0 (i32.add (local.get $b0) (i32.const 16)))
              (local.set $a0 (i32.add (local.get $a0) (i32.const 16)))
              (br_if $inner (i32.lt_u (local.get $a0) (local.get $end))))
            (f32.store (local.get $out) (f32x4.extract_lane 0 (call $sums (local.get $s0) (local.get $s0) (local.get $s0) (local.get $s0))))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br $oneColumn)))
        (local.set $a (local.get $end))
        (local.set $m (i32.sub (local.get $m) (i32.const 1)))
        (br $oneRow))))

  ;; out [rows, columns] = a [rows, columns] + b, whose rows begin $step bytes after each other: 0 where one row is added to all.
  (func (export "add") (param $a i32) (param $b i32) (param $out i32) (param $rows i32) (param $columns i32) (param $step i32)
    (local $left i32) (local $at i32)
    (block $done
      (loop $oneRow
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $left (local.get $columns))
        (local.set $at (local.get $b))
        (block $few
          (loop $four
            (br_if $few (i32.lt_s (local.get $left) (i32.const 4)))
            (v128.store (local.get $out) (f32x4.add (v128.load (local.get $a)) (v128.load (local.get $at))))
            (local.set $a (i32.add (local.get $a) (i32.const 16)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $out (i32.add (local.get $out) (i32.const 16)))
            (local.set $left (i32.sub (local.get $left) (i32.const 4)))
            (br $four)))
        (block $rowDone
          (loop $one
            (br_if $rowDone (i32.eqz (local.get $left)))
            (f32.store (local.get $out) (f32.add (f32.load (local.get $a)) (f32.load (local.get $at))))
            (local.set $a (i32.add (local.get $a) (i32.const 4)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br $one)))
        (local.set $b (i32.add (local.get $b) (local.get $step)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $oneRow))))

  ;; out [count] = a [count] · factor; count is a multiple of four.
  (func (export "scale") (param $a i32) (param $factor f32) (param $out i32) (param $count i32)
    (local $factors v128)
    (local.set $factors (f32x4.splat (local.get $factor)))
    (loop $four
      (v128.store (local.get $out) (f32x4.mul (v128.load (local.get $a)) (local.get $factors)))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (local.get $count))))

  ;; out [count] = a [count] where it is above 0, else 0; count is a multiple of four.
  (func (export "relu") (param $a i32) (param $out i32) (param $count i32)
    (loop $four
      (v128.store (local.get $out) (f32x4.max (v128.const f32x4 0 0 0 0) (v128.load (local.get $a))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (local.get $count))))

  ;; out [rows, columns]: every row of a brought to mean 0 and variance 1, times gamma, plus beta; columns is a multiple of four.
  (func (export "normalise")
    (param $a i32) (param $gamma i32) (param $beta i32) (param $out i32) (param $rows i32) (param $columns i32) (param $epsilon f32)
    (local $rowBytes i32) (local $at i32) (local $sum v128) (local $mean v128) (local $each v128) (local $inverse v128) (local $count f32)
    (local.set $rowBytes (i32.shl (local.get $columns) (i32.const 2)))
    (local.set $count (f32.convert_i32_u (local.get $columns)))
    (block $done
      (loop $oneRow
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $at (i32.const 0))
        (loop $four
          (local.set $sum (f32x4.add (local.get $sum) (v128.load (i32.add (local.get $a) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $four (i32.lt_u (local.get $at) (local.get $rowBytes))))
        (local.set $mean (f32x4.div
          (call $sums (local.get $sum) (local.get $sum) (local.get $sum) (local.get $sum))
          (f32x4.splat (local.get $count))))
        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $at (i32.const 0))
        (loop $four
          (local.set $each (f32x4.sub (v128.load (i32.add (local.get $a) (local.get $at))) (local.get $mean)))
          (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $each) (local.get $each))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $four (i32.lt_u (local.get $at) (local.get $rowBytes))))
        (local.set $inverse (f32x4.div
          (v128.const f32x4 1 1 1 1)
          (f32x4.sqrt (f32x4.add
            (f32x4.div
              (call $sums (local.get $sum) (local.get $sum) (local.get $sum) (local.get $sum))
              (f32x4.splat (local.get $count)))
            (f32x4.splat (local.get $epsilon))))))
        (local.set $at (i32.const 0))
        (loop $four
          (v128.store (i32.add (local.get $out) (local.get $at)) (f32x4.add
            (f32x4.mul
              (f32x4.mul (f32x4.sub (v128.load (i32.add (local.get $a) (local.get $at))) (local.get $mean)) (local.get $inverse))
              (v128.load (i32.add (local.get $gamma) (local.get $at))))
            (v128.load (i32.add (local.get $beta) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $four (i32.lt_u (local.get $at) (local.get $rowBytes))))
        (local.set $a (i32.add (local.get $a) (local.get $rowBytes)))
        (local.set $out (i32.add (local.get $out) (local.get $rowBytes)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $oneRow))))

  ;; e^x for x <= 0, to some 1e-7 of it; 0 below -87. 2^(whole + part), whole in the exponent's bits and the part as its Taylor series.
  (func $exp (param $x v128) (result v128)
    (local $power v128) (local $whole v128) (local $part v128)
    (local.set $power (f32x4.mul (f32x4.max (local.get $x) (v128.const f32x4 -87 -87 -87 -87))
      (v128.const f32x4 1.442695041 1.442695041 1.442695041 1.442695041)))
    (local.set $whole (f32x4.nearest (local.get $power)))
    (local.set $part (f32x4.sub (local.get $power) (local.get $whole)))
    (v128.and
      (f32x4.ge (local.get $x) (v128.const f32x4 -87 -87 -87 -87))
      (f32x4.mul
        (i32x4.shl (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $whole)) (v128.const i32x4 127 127 127 127)) (i32.const 23))
        (f32x4.add (v128.const f32x4 1 1 1 1) (f32x4.mul (local.get $part)
        (f32x4.add (v128.const f32x4 0.6931471806 0.6931471806 0.6931471806 0.6931471806) (f32x4.mul (local.get $part)
        (f32x4.add (v128.const f32x4 0.2402265070 0.2402265070 0.2402265070 0.2402265070) (f32x4.mul (local.get $part)
        (f32x4.add (v128.const f32x4 0.0555041087 0.0555041087 0.0555041087 0.0555041087) (f32x4.mul (local.get $part)
        (f32x4.add (v128.const f32x4 0.0096181291 0.0096181291 0.0096181291 0.0096181291) (f32x4.mul (local.get $part)
        (f32x4.add (v128.const f32x4 0.0013333558 0.0013333558 0.0013333558 0.0013333558) (f32x4.mul (local.get $part)
          (v128.const f32x4 0.0001540353 0.0001540353 0.0001540353 0.0001540353))))))))))))))))

  ;; out [rows, columns]: e^x of every row over their sum.
  (func (export "softmax") (param $a i32) (param $out i32) (param $rows i32) (param $columns i32)
    (local $rowBytes i32) (local $whole i32) (local $at i32) (local $most v128) (local $largest f32) (local $each v128) (local $sum v128) (local $total f32)
    (local.set $rowBytes (i32.shl (local.get $columns) (i32.const 2)))
    (local.set $whole (i32.and (local.get $rowBytes) (i32.const -16))) ;; bytes of whole vectors
    (block $done
      (loop $oneRow
        (br_if $done (i32.eqz (local.get $rows)))

        (local.set $most (v128.load32_splat (local.get $a)))
        (local.set $at (i32.const 0))
        (block $few (loop $four
          (br_if $few (i32.ge_u (local.get $at) (local.get $whole)))
          (local.set $most (f32x4.max (local.get $most) (v128.load (i32.add (local.get $a) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $four)))
        (block $read (loop $one
          (br_if $read (i32.ge_u (local.get $at) (local.get $rowBytes)))
          (local.set $most (f32x4.max (local.get $most) (v128.load32_splat (i32.add (local.get $a) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $one)))
        (local.set $largest (f32.max
          (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
          (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most)))))
        (local.set $most (f32x4.splat (local.get $largest)))

        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $total (f32.const 0))
        (local.set $at (i32.const 0))
        (block $few (loop $four
          (br_if $few (i32.ge_u (local.get $at) (local.get $whole)))
          (local.set $each (call $exp (f32x4.sub (v128.load (i32.add (local.get $a) (local.get $at))) (local.get $most))))
          (v128.store (i32.add (local.get $out) (local.get $at)) (local.get $each))
          (local.set $sum (f32x4.add (local.get $sum) (local.get $each)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $four)))
        (block $read (loop $one
          (br_if $read (i32.ge_u (local.get $at) (local.get $rowBytes)))
          (local.set $each (call $exp (f32x4.sub (v128.load32_splat (i32.add (local.get $a) (local.get $at))) (local.get $most))))
          (f32.store (i32.add (local.get $out) (local.get $at)) (f32x4.extract_lane 0 (local.get $each)))
          (local.set $total (f32.add (local.get $total) (f32x4.extract_lane 0 (local.get $each))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $one)))
        (local.set $sum (f32x4.div (v128.const f32x4 1 1 1 1) (f32x4.add (f32x4.splat (local.get $total))
          (call $sums (local.get $sum) (local.get $sum) (local.get $sum) (local.get $sum)))))

        (local.set $at (i32.const 0))
        (block $few (loop $four
          (br_if $few (i32.ge_u (local.get $at) (local.get $whole)))
          (v128.store (i32.add (local.get $out) (local.get $at))
            (f32x4.mul (v128.load (i32.add (local.get $out) (local.get $at))) (local.get $sum)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $four)))
        (block $read (loop $one
          (br_if $read (i32.ge_u (local.get $at) (local.get $rowBytes)))
          (f32.store (i32.add (local.get $out) (local.get $at))
            (f32.mul (f32.load (i32.add (local.get $out) (local.get $at))) (f32x4.extract_lane 0 (local.get $sum))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $one)))

        (local.set $a (i32.add (local.get $a) (local.get $rowBytes)))
        (local.set $out (i32.add (local.get $out) (local.get $rowBytes)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $oneRow)))))
